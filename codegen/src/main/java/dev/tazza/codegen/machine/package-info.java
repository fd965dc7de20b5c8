/**
 * Machine code before and after register allocation, for any target.
 *
 * <pre>
 *   lower   the walk from SSA to instructions over virtual registers
 *   emit    the walk from allocated instructions to bytes
 * </pre>
 *
 * {@code VCode} is what lies between, {@code Allocation} what the allocator adds to it, {@code
 * MachineCode} the result. A target is an {@code Isa}; it implements {@code InstSet}, {@code
 * lower.LoweringTarget} with {@code lower.Selector}, and {@code emit.InstWriter} with {@code
 * emit.Branches}. Nothing here knows a target.
 */
@NullMarked
package dev.tazza.codegen.machine;

import org.jspecify.annotations.NullMarked;
