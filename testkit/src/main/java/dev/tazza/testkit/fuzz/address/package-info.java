/**
 * Fuzzing of addresses near the ends of memory, against an interpreter.
 *
 * <p>In goes a seed, out comes what differed. {@link dev.tazza.testkit.fuzz.address.AddressModule}
 * makes functions of {@link dev.tazza.testkit.fuzz.address.Statement} and {@link
 * dev.tazza.testkit.fuzz.address.Expr}, each of one of the {@link
 * dev.tazza.testkit.fuzz.address.AddressShapes}: what some pass that touches addresses looks for,
 * with numbers where it is easily wrong. The same trees become text for the engine and are run by a
 * {@link dev.tazza.testkit.fuzz.address.AddressMachine}, which knows nothing but 32-bit arithmetic
 * and an array of bytes: no parser, no IR, no pass. Calls that it does not finish are left out, so
 * loops need no counter against running on and are as the optimizer likes them. {@link
 * dev.tazza.testkit.fuzz.address.AddressFuzzer} compares results, traps and memories after each
 * call, for memories with guards, with explicit checks, and both.
 *
 * <p>The same for memories with 64-bit indexes, beyond 4 GiB too, and for pages of one byte is
 * {@link dev.tazza.testkit.fuzz.address.Memory64Fuzzer}, with trees and an interpreter of its own:
 * all numbers have 64 bits there, and memory is sparse.
 */
@NullMarked
package dev.tazza.testkit.fuzz.address;

import org.jspecify.annotations.NullMarked;
