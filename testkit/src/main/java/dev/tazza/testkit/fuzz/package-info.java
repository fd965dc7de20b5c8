/**
 * Differential fuzzing: random modules that always terminate, run under two configurations that
 * must agree.
 *
 * <p>In goes a seed, out comes what differed. {@link dev.tazza.testkit.fuzz.RandomModule} makes a
 * module in the text format with the calls to try; {@link dev.tazza.testkit.fuzz.Execution} runs
 * those and writes down all that can be observed after each: results, or the trap and where in
 * which functions it was; hashes of the memories, the globals, the table. There are two instances,
 * which call each other. {@link dev.tazza.testkit.fuzz.NodeExecution} has V8 do the same. {@link
 * dev.tazza.testkit.fuzz.Fuzzer} compares.
 *
 * <p>Addresses near the ends of memory have a package of their own, {@link
 * dev.tazza.testkit.fuzz.address}, which compares with an interpreter.
 *
 * <p>So have threads: {@link dev.tazza.testkit.fuzz.thread}.
 *
 * <p>What debuggers are told of locals, {@link dev.tazza.testkit.fuzz.LocalsFuzzer} compares where
 * guests trap, {@link dev.tazza.testkit.fuzz.SteppedLocalsFuzzer} at each machine instruction.
 *
 * <p>{@link dev.tazza.testkit.fuzz.ProofFuzzer} runs nothing: it has the code of all of these
 * modules proved to stay in its sandbox, in many configurations.
 *
 * <p>Modules from elsewhere are for {@link dev.tazza.testkit.fuzz.FolderFuzzer}, which can compare
 * with other engines too: {@code testkit/smith/fuzz} has wasm-smith make random ones, and Wasmtime
 * and V8 run them. {@link dev.tazza.testkit.fuzz.MutationFuzzer} damages modules and artifacts.
 *
 * <p>What WebAssembly leaves open cannot be compared, so modules never let it be seen: before the
 * bits of a float are stored, reinterpreted or used for their sign, a NaN is replaced by one fixed
 * NaN. Everything else is deterministic, traps included. Stack depth and run time are bounded by a
 * counter of fuel that the module itself keeps in a global.
 */
@NullMarked
package dev.tazza.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
