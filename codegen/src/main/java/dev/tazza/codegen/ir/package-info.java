/**
 * The SSA form: what a front end builds, the passes edit and lowering reads.
 *
 * <p>A {@link dev.tazza.codegen.ir.Function} is a list of {@link dev.tazza.codegen.ir.Block}s, each
 * a list of {@link dev.tazza.codegen.ir.Inst}s. Values meet at block parameters instead of phis: an
 * {@link dev.tazza.codegen.ir.Edge} carries one argument for each parameter of its target. What an
 * instruction means is its row in {@link dev.tazza.codegen.ir.Opcode}.
 *
 * <ul>
 *   <li>Build with {@link dev.tazza.codegen.ir.Builder}; read and write text with {@link
 *       dev.tazza.codegen.ir.Parser} and {@link dev.tazza.codegen.ir.Printer}.
 *   <li>{@link dev.tazza.codegen.ir.ControlFlow} (predecessors, reverse post order), {@link
 *       dev.tazza.codegen.ir.DominatorTree} and {@link dev.tazza.codegen.ir.LoopForest} are
 *       snapshots: {@link dev.tazza.codegen.ir.Analyses} keeps them until somebody edits the
 *       control flow.
 *   <li>{@link dev.tazza.codegen.ir.Verifier} states the invariants; {@link
 *       dev.tazza.codegen.ir.Interpreter} states the meaning.
 * </ul>
 *
 * <p>There are no use lists: a pass that replaces values notes that in a side table indexed by
 * {@link dev.tazza.codegen.ir.Inst#id} and resolves operands when it comes by. All algorithms here
 * are iterative and close to linear, for functions of a megabyte are ordinary input.
 */
@NullMarked
package dev.tazza.codegen.ir;

import org.jspecify.annotations.NullMarked;
