/**
 * The x86-64 back end: SSA in, machine code out.
 *
 * <pre>
 *   lower   SSA → instructions over virtual registers (backwards; values sink into their users)
 *   inst    the instructions, what each asks of the register allocator, the calling conventions
 *   emit    instructions + Allocation → bytes, tables of traps, calls and source positions
 * </pre>
 *
 * {@code lower} and {@code emit} know {@code inst}, not each other. What would be the same for
 * another processor (the walks over blocks, what is known about values, labels and the sizes of
 * branches) is in {@code machine.lower} and {@code machine.emit}.
 *
 * <p>Invariants. Values of type I32 are zero-extended in their registers. Flags live only inside of
 * one machine instruction (a compare is part of what reads it), so moves between instructions may
 * change them. r15 and rbp never change; xmm15 belongs to the emitter. Equal input gives equal
 * bytes.
 *
 * <p>Figures on instructions: Intel's and AMD's manuals; Agner Fog's instruction tables for
 * latencies.
 */
@NullMarked
package dev.tazza.codegen.isa.x64;

import org.jspecify.annotations.NullMarked;
