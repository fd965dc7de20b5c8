package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.opt.edit.Replacements;

/**
 * Bounds check elimination: removes checks of 64-bit indexes that {@link ValueRanges} shows to be
 * inside.
 *
 * <ul>
 *   <li>An index below what an area has at least ({@link MemoryAccess.Length}) need not be compared
 *       with its length. Where the access is the trap, it may be in the guard as well.
 *   <li>One below 2^32 need not be compared with its lower half.
 * </ul>
 *
 * <p>A clamp is there for the processor, which guesses branches: it goes only where the index stays
 * inside, or in what is left of the guard, even if the processor runs ahead in loops that have
 * ended.
 *
 * <p>Requires nothing; of loops without a preheader nothing is known. Preserves all analyses.
 * Invalidates nothing; leaves comparisons that are dead.
 */
public final class EliminateBoundsChecks {
  private final Analyses analyses;
  private final ValueRanges ranges;
  private final Replacements replacements;

  private EliminateBoundsChecks(Analyses analyses) {
    this.analyses = analyses;
    ranges = new ValueRanges(analyses.function());
    replacements = new Replacements(analyses.function());
  }

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      Inst inst = block.hasChecks() ? block.first : null;
      for (; inst != null; inst = inst.next) {
        if (BoundsCheck.is(inst) || BoundsCheck.lengthOfMin(inst) != null) {
          new EliminateBoundsChecks(analyses).run();
          return;
        }
      }
    }
  }

  private void run() {
    if (analyses.loops().count() > 0) {
      new LoopCounters(analyses, ranges).findRanges();
    }
    ControlFlow flow = analyses.controlFlow();
    for (int i = 0; i < flow.size(); i++) {
      eliminateIn(flow.block(i));
    }
    replacements.resolveEverywhere(analyses);
  }

  private void eliminateIn(Block block) {
    Inst next;
    for (Inst inst = block.first; inst != null; inst = next) {
      next = inst.next;
      if (BoundsCheck.is(inst) && isInside(inst.args[0])) {
        block.remove(inst);
      } else if (isClampOfInside(inst) || isMinWithinGuard(inst)) {
        replacements.replace(inst, inst.args[0]);
        block.remove(inst);
      } else if (BoundsCheck.isLowerHalf(inst)
          && staysWithin(inst.args[0].args[0], BoundsCheck.ALL_U32)) {
        replacements.replace(inst, inst.args[0].args[0]);
        block.remove(inst);
      }
    }
  }

  private boolean isInside(Inst compare) {
    BoundsCheck.Limit limit = BoundsCheck.limit(compare);
    long end = limit == null ? BoundsCheck.ALL_U32 : limit.least();
    Inst index = compare.args[0];
    return ranges.low(index) >= 0 && ranges.high(index) < end;
  }

  private boolean isClampOfInside(Inst inst) {
    BoundsCheck.Limit limit = BoundsCheck.limitOfClamp(inst);
    if (limit == null) {
      return false;
    }
    Inst index = inst.args[1];
    return ranges.low(index) >= 0
        && ranges.high(index) < limit.least()
        && staysWithin(index, limit.least() + limit.guard());
  }

  /** Whether the index is inside, or in what is left of the guard, where the access is the trap. */
  private boolean isMinWithinGuard(Inst inst) {
    Inst limit = BoundsCheck.lengthOfMin(inst);
    MemoryAccess.Length length = limit == null ? null : BoundsCheck.length(limit);
    if (length == null) {
      return false;
    }
    Inst index = inst.args[0];
    long end = length.least() + length.guard();
    return ranges.low(index) >= 0 && ranges.high(index) < end && staysWithin(index, end);
  }

  /** Whether {@code index} is below {@code end} even while the processor runs ahead. */
  private boolean staysWithin(Inst index, long end) {
    return ranges.aheadLow(index) >= 0 && ranges.aheadHigh(index) < end;
  }
}
