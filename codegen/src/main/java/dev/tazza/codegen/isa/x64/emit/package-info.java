/**
 * Emission for x86-64: {@code InstEmitter}, which the walk in {@code machine.emit} calls, and its
 * siblings write instructions through the assembler's {@code Encoder}, which alone knows prefixes,
 * ModRM and SIB; {@code X64Frame} decides on the frame and the stack check.
 */
@NullMarked
package dev.tazza.codegen.isa.x64.emit;

import org.jspecify.annotations.NullMarked;
