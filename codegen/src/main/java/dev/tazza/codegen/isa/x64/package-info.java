/**
 * The x86-64 back end: SSA in, machine code out.
 *
 * <pre>
 *   Lowering    SSA → X64Inst over virtual registers (backwards; values sink into their users)
 *   Operands    what each instruction asks of the register allocator
 *   Emitter     X64Inst + Allocation → bytes, tables of traps, calls and source positions
 *   Printer     X64Inst → text
 * </pre>
 *
 * <ul>
 *   <li>Start with {@link dev.tazza.codegen.isa.x64.Abi} (conventions, fixed registers) and {@code
 *       X64Inst} (the formats). Operation enums such as {@code AluOp} hold the opcodes; {@code
 *       Encoder} alone knows prefixes, ModRM and SIB.
 *   <li>Selection: {@code Lowering} walks blocks, {@code Selection} knows which values are asked
 *       for and which loads may move, one selector for each family chooses instructions.
 *   <li>Emission: {@code Frame} decides on the frame and the stack check, {@code InstEmitter} and
 *       its siblings write instructions, {@code CodeBuffer} settles branch sizes and addresses at
 *       the end.
 * </ul>
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
