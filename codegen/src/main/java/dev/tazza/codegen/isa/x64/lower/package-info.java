/**
 * Instruction selection, from the end of a function to its beginning. {@code Lowering} walks the
 * blocks, {@code Selection} knows which values are asked for and which loads may move, and one
 * selector for each family of SSA instructions chooses what the machine executes; {@code
 * MachineBuffer} takes it.
 */
@NullMarked
package dev.tazza.codegen.isa.x64.lower;

import org.jspecify.annotations.NullMarked;
