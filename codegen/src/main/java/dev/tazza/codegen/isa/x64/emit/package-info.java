/**
 * Emission. {@code Emitter} walks the allocated code; {@code Frame} decides on the frame and the
 * stack check, {@code InstEmitter} and its siblings write instructions through {@code Encoder},
 * which alone knows prefixes, ModRM and SIB; {@code CodeBuffer} settles branch sizes and addresses
 * at the end.
 */
@NullMarked
package dev.tazza.codegen.isa.x64.emit;

import org.jspecify.annotations.NullMarked;
