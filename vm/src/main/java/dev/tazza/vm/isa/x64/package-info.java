/**
 * The runtime's part of x86-64: stubs, signal handlers, copying and filling of memory, frames,
 * faults, and the features of a particular processor.
 *
 * <p>Start with {@code StubCode}. What is machine code is written with {@link
 * dev.tazza.assembler.x64.Assembler}, and its tests compare it with listings in the test resources:
 * whoever changes it writes them anew with {@code -Dbless} and reviews the difference.
 */
@NullMarked
package dev.tazza.vm.isa.x64;

import org.jspecify.annotations.NullMarked;
