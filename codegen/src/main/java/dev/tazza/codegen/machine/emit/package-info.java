/**
 * Emission, as far as it is the same for all targets. {@code Emitter} walks the allocated code and
 * has each instruction written by the target's {@code InstWriter}; {@code Emission} is the state
 * that they share. The assembler's {@code CodeBuffer} settles the sizes of branches and addresses,
 * at the end; {@code BlockTargets} knows which blocks are gone.
 */
@NullMarked
package dev.tazza.codegen.machine.emit;

import org.jspecify.annotations.NullMarked;
