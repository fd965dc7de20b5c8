/**
 * The proof that compiled code stays in its sandbox.
 *
 * <p>In comes finished machine code: a module's text with the tables that say where its functions,
 * trampolines and traps are, or a trampoline on its own. Out comes nothing, or a {@link
 * dev.tazza.sandbox.SandboxException} that names function, instruction and reason. What is relied
 * on besides the code: the module's declarations, the layouts of {@code environ}, its tunables, and
 * the calling convention, written down here once more ({@code Convention}).
 *
 * <ul>
 *   <li>{@code Decoder} turns bytes into columns of {@code Instructions}; what has no row in {@code
 *       Rows} is rejected. {@code Blocks} finds the basic blocks and their order.
 *   <li>{@code ProofValues} are what is known of 64 bits: a number in bounds, or a distance from
 *       where a kind of pointer points to. A value has an identity; a {@code State} says which
 *       value is in which register and stack slot.
 *   <li>{@code ReferenceTypes} says why references to functions have the types that are declared.
 *   <li>{@code Effects} says what each instruction does to a state. {@code Accesses} has the rules
 *       for loads and stores, {@code Calls} those for calls and returns, {@code Arithmetic}
 *       computes bounds, {@code Conditions} learns from jumps.
 *   <li>{@code QuickProof} is tried first and suffices for nine tenths of the code: one walk, with
 *       a {@code Fact}, a long, for what a value is, and no more than is needed for memory 0,
 *       tables, calls and the frame. The classes named Quick are the same as those without, with
 *       fewer rules: what they do not know they leave to {@code Proof}. {@code QuickLabels} tells
 *       loops from what only looks so, {@code LoopLimits} and {@code LoopWrites} guess what a loop
 *       leaves alone.
 *   <li>{@code Proof} follows all ways until nothing new is found; {@code Liveness} says beforehand
 *       what need not be kept, and what a loop changes. {@code Joins} keeps what several ways have
 *       in common; {@code Counters} bounds what grows in loops in step with something else.
 * </ul>
 *
 * <p>An example. Of
 *
 * <pre>
 *   mov eax, eax               a number in [0, 2^32)
 *   mov rcx, [r14 + 32]        r14 is the instance, at 32 is the base of memory 0
 *   mov eax, [rcx + rax + 8]   [8, 2^32 + 8) from the base, 4 bytes: within the guard
 * </pre>
 *
 * the last line is accepted if memory 0 is static and the trap table has an entry there; without
 * the first one the distance is anything, and the function is rejected.
 *
 * <p>What is new in the compiler is new here (and in {@code QuickEffects} and its like if it is
 * frequent; there, what is not known is {@code Unclear}, never accepted):
 *
 * <ul>
 *   <li>an instruction: a row in {@code Rows} or {@code VectorRows} with its {@code Kind}. Of a new
 *       kind: a case in {@code Effects.run} with what it does to registers, flags ({@code
 *       Conditions}) and memory ({@code Accesses}), and a line in {@code Liveness}, which is for
 *       speed only; a form that is missing there is slow or followed badly, never accepted wrongly.
 *   <li>a way that control takes: an edge in {@code Blocks}, and where it really goes in {@code
 *       BlockEnds}, by {@code Proof.flowTo}. Blocks that nothing in {@code Blocks} leads to are
 *       rejected when control comes there.
 *   <li>a way to call: {@code Calls}, and if code tells something about the call, {@code Records}.
 *       What may be elsewhere after it is forgotten in {@code Calls.forgetMovable}.
 *   <li>a field of a context: {@code ModuleRules.fieldAt}, or {@code Accesses.storeField} for the
 *       store's; an address gets a kind in {@code ProofValues}, with what may be done with it.
 *   <li>something that is known but of no single value: a field of {@code State}, in {@code start},
 *       {@code copy}, {@code keepFacts} (where ways meet) and, if a call ends it, in {@code Calls}.
 *   <li>another kind of code, such as a new stub: a {@code Role}.
 * </ul>
 *
 * and each comes with code that does it wrongly, in {@code SandboxMutationTest} or beside it.
 *
 * <p>Verifying takes time in proportion to the code, times the depth of its loops in the worst
 * case. A {@link dev.tazza.sandbox.SandboxVerifier} may be used by several threads at once, nothing
 * else here is thread-safe.
 */
@NullMarked
package dev.tazza.sandbox;

import org.jspecify.annotations.NullMarked;
