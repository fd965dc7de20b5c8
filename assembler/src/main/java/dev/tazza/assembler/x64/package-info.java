/**
 * Instructions of x86-64 as bytes: {@link dev.tazza.assembler.x64.Encoder} writes one from its
 * opcode, a register and a {@link dev.tazza.assembler.x64.Place}; {@link
 * dev.tazza.assembler.x64.Registers}, {@link dev.tazza.assembler.x64.Cond} and {@link
 * dev.tazza.assembler.x64.Opcodes} are what they are made of.
 *
 * <p>Invariants: equal calls give equal bytes; nothing here chooses instructions.
 */
@NullMarked
package dev.tazza.assembler.x64;

import org.jspecify.annotations.NullMarked;
