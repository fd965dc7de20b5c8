/**
 * Register allocation: every operand of a function gets a register or a stack slot.
 *
 * <p><b>In:</b> {@link dev.tazza.codegen.machine.VCode}, instructions over virtual registers in SSA
 * form with constraints on their operands, and a {@link dev.tazza.codegen.machine.RegisterFile}.
 * <b>Out:</b> an {@link dev.tazza.codegen.machine.Allocation}, which stands beside the code: a
 * place for each operand and edits (moves, loads, stores, constants made again) between
 * instructions. Nothing here knows an instruction set. Start reading at {@link
 * dev.tazza.codegen.regalloc.SsaAllocator}, which is the list of the stages.
 *
 * <h2>Two questions, one after the other</h2>
 *
 * Most allocators decide at once <i>whether</i> a value is in a register and in <i>which</i> one.
 * For SSA form the two can be separated (Hack, Grund, Goos, "Register Allocation for Programs in
 * SSA-Form", 2006): the live ranges of an SSA program form a chordal graph, so as soon as nowhere
 * more values are live than there are registers, walking the program in dominance order and taking
 * any free register always succeeds. So first, values are spilled until the pressure is low enough,
 * with a rule made for loops; then registers are chosen, with preferences that make moves vanish.
 * Both steps are one walk over the code. There is no interference graph, no interval tree and no
 * backtracking.
 *
 * <h2>The stages</h2>
 *
 * <ol>
 *   <li>{@code Flow}: reverse postorder, loops, estimated frequencies.
 *   <li>{@code ExtendedBlocks}: trees of blocks, each with one predecessor, its parent, but for the
 *       root. Three of four blocks are no roots, so most of what follows is done once a tree.
 *   <li>{@code RootLiveness}: for each root, which values are live at its start and how far away
 *       the next use of each is, by {@code Distance}. That is made for the choice that follows: an
 *       edge out of a loop counts millions of instructions, so that whatever a loop uses is nearer
 *       than anything that only lives through it; an edge into a cold block counts the same, and a
 *       call some thousands.
 *   <li>{@code Lookahead}: the same within trees, in one walk upwards over each: the next use after
 *       each operand, and what is different where paths part.
 *   <li>{@code Spiller} (Braun and Hack, "Register Spilling and Live-Range Splitting for SSA-Form
 *       Programs", 2009): walks each block with the set of values in registers. A use that is not
 *       in the set is loaded; when the set gets too large, the value whose next use is furthest
 *       leaves (Belady's rule). {@code EntrySet} chooses the set at the start of each block: at a
 *       loop header, what the loop uses, so that loads stand before the loop, and what lives
 *       through it only as far as the loop leaves registers free. {@code Fit} translates
 *       constraints (fixed registers, clobbers, reuse, early and late) into numbers, such that
 *       meeting the numbers is enough.
 *   <li>{@code EdgeSpills} and {@code Spiller.chooseStores}: in SSA form a value never changes, so
 *       its slot is written at most once on each path: after the definition, or where the value
 *       leaves its register, whichever is expected to run less often. A value that only a slow path
 *       spills is only stored there.
 *   <li>{@code SpillSlots}: slots for those values, shared where block-order ranges are disjoint.
 *       Where values would be moved from slot to slot on edges, {@code SlotRanges} finds out
 *       exactly where each slot is needed, from stores to loads, and {@code SlotGroups} puts
 *       parameters and arguments together that can have the same slot.
 *   <li>{@code Assigner} and {@code BlockEdges}: walk again and give out registers (Braun, Mallon,
 *       Hack, "Preference-Guided Register Assignment", 2010); {@code Demands} tells what an
 *       instruction takes. {@code Hints} has collected, during the first walk, which values like to
 *       share a register (parameters and arguments, operand and result), which register an
 *       instruction wants a value in, and which registers are overwritten while a value is held in
 *       one: that last is known exactly, as spilling is decided. Where blocks meet, {@code
 *       ParallelMove} brings values to where the successor expects them.
 * </ol>
 *
 * <h2>An example</h2>
 *
 * <pre>
 *   block0:                                    block0:
 *     incoming def v0:r14 def v1:r0              r14, r0 = incoming
 *     const def v2                               (left out: made on the edge)
 *     jump block1(v2 v2)                           r3 = repeat const
 *   block1(v3 v4) depth 1:                         r12 = repeat const; r13 = r0
 *     call use v0:r14 use v3:r0 def v5:r0          r0 = r3
 *     add use v4 use v5 def v6=#0                r0 = call r14, r0
 *     inc use v3 def v7=#0                       r12 = add r12, r0
 *     branch use v7 use v1:any                   r3 = inc r3
 * </pre>
 *
 * v3, v4 and v1 live across the call in each turn of the loop, so they avoid what the call
 * overwrites; the loop's parameters and their next values share registers, and no move is left on
 * the way back.
 *
 * <h2>Calls and cold code</h2>
 *
 * A callee-saved register costs a store and a load per invocation. {@code Spiller} adds up what
 * keeping values in the first, second, … of them would save; those that do not pay are taken away
 * and the walk is repeated. In cold blocks no value stays in a register across a call: it is stored
 * before and loaded after, in the cold block, and the hot path keeps its caller-saved registers.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>At each point a value is in one register, or in its slot, or in both; a constant may be in
 *       neither. Copies that constraints ask for live within one instruction.
 *   <li>Edits on an edge stand at the end of a predecessor with one successor or at the start of a
 *       successor with one predecessor; hence no critical edges.
 *   <li>Time and space are linear in the size of the code. What could grow faster, the sum of all
 *       live sets, has a budget; values beyond it live in memory between trees ({@code
 *       RootLiveness.demoted}).
 * </ul>
 *
 * {@link dev.tazza.codegen.regalloc.Checker} proves results without trusting any of this. {@link
 * dev.tazza.codegen.regalloc.SpillEverywhere} is the simplest correct allocator, as a second
 * opinion for tests.
 */
@NullMarked
package dev.tazza.codegen.regalloc;

import org.jspecify.annotations.NullMarked;
