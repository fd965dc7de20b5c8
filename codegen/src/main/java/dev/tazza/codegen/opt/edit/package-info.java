/**
 * The tools that passes edit functions with.
 *
 * <ul>
 *   <li>{@link dev.tazza.codegen.opt.edit.BlockCloner} copies instructions, edges and blocks,
 *       within a function or from another one.
 *   <li>{@link dev.tazza.codegen.opt.edit.SsaUpdater} makes SSA form again when a value has several
 *       definitions after that.
 *   <li>{@link dev.tazza.codegen.opt.edit.Replacements} notes which values stand for which others.
 *   <li>{@link dev.tazza.codegen.opt.edit.BlockParams} removes parameters with their arguments.
 *   <li>{@link dev.tazza.codegen.opt.edit.CallResults} gives the results of a call that is replaced
 *       other values.
 * </ul>
 *
 * <p>There are no use lists: replacing and updating walk over the function once for many values.
 */
@NullMarked
package dev.tazza.codegen.opt.edit;

import org.jspecify.annotations.NullMarked;
