/**
 * The machine instructions. Start with {@link dev.tazza.codegen.isa.x64.inst.Abi} (conventions,
 * fixed registers) and {@link dev.tazza.codegen.isa.x64.inst.X64Inst} (the formats). Operation
 * enums such as {@code AluOp} hold the opcodes; {@code Operands} tells the register allocator what
 * each instruction asks for, and {@code Printer} writes it as text.
 */
@NullMarked
package dev.tazza.codegen.isa.x64.inst;

import org.jspecify.annotations.NullMarked;
