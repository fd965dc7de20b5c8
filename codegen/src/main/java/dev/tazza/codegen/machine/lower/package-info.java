/**
 * Instruction selection, from the end of a function to its beginning, as far as it is the same for
 * all targets. {@code Lowering} walks the blocks in the order that {@code BlockOrder} has found;
 * {@code Selection} knows which values are asked for and which loads may move; the target's {@code
 * Selector} chooses what the machine executes, and {@code MachineBuffer} takes it.
 *
 * <p>A target gives a {@code LoweringTarget}; what it needs beyond these is its own business.
 */
@NullMarked
package dev.tazza.codegen.machine.lower;

import org.jspecify.annotations.NullMarked;
