/**
 * Rules that make a value simpler by looking at it and a few of its operands.
 *
 * <p>{@link dev.tazza.codegen.opt.algebra.Algebra} is the way in; the other classes hold the rules,
 * each by its subject and under the equation that it implements, and what is known of the bits of a
 * value without looking at where it stands. Nothing here keeps state, knows of blocks other than by
 * their last instruction, or depends on the passes, which call it.
 */
@NullMarked
package dev.tazza.codegen.opt.algebra;

import org.jspecify.annotations.NullMarked;
