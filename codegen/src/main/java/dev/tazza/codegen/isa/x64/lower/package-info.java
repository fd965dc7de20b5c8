/**
 * Instruction selection for x86-64: {@code InstSelector}, which the walk in {@code machine.lower}
 * calls, gives each SSA instruction to the selector of its family, and that one chooses what the
 * machine executes.
 */
@NullMarked
package dev.tazza.codegen.isa.x64.lower;

import org.jspecify.annotations.NullMarked;
