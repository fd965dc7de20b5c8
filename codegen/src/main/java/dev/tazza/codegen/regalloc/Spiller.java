package dev.tazza.codegen.regalloc;

import static dev.tazza.codegen.regalloc.Distance.NEVER;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * Decides which values are in registers at each point, so that everywhere at most as many are as
 * there are registers and the constraints of each instruction can be met. Which registers they are
 * is decided later.
 *
 * <p>The algorithm is Braun and Hack's ("Register Spilling and Live-Range Splitting for SSA-Form
 * Programs", 2009): Belady's rule, "evict what is used furthest in the future", carried over to
 * control flow by distances that are global, and by choosing what is in registers at the start of a
 * loop with a view to the loop.
 *
 * <p>Requires {@link Problem}. Makes a {@link SpillPlan}, and collects {@link Hints} on the way,
 * since it sees which values are held in registers across which instructions.
 */
final class Spiller {
  /** The cost of a callee-saved register, in loads and stores. */
  private static final double SAVE_AND_RESTORE = 2;

  private final Problem problem;
  private final VCode<?> code;
  private final RootLiveness live;
  private final SpillPlan plan;
  private final Hints hints;
  private final NextUse next;
  private final WorkingSet working;
  private final EntrySet entrySet;
  private final Fit fit;

  /**
   * For each value, how often it would be stored if it were stored whenever it leaves its register.
   */
  private final double[] evictionCost;

  private int block;
  private double frequency;

  // Profit of keeping values in 1, 2 … callee-saved registers across calls, in expected loads and
  // stores.
  private final double[] profit;
  private final double[] gains;
  private final boolean[] crossed;

  /**
   * @param calleeSavedLimit how many callee-saved registers to use for values that live across
   *     calls, not counting the one of {@link Problem#resident}
   */
  Spiller(Problem problem, Lookahead lookahead, Hints hints, int calleeSavedLimit) {
    this.profit = new double[calleeSavedLimit];
    this.gains = new double[calleeSavedLimit];
    this.crossed = new boolean[problem.code.vregCount()];
    this.problem = problem;
    this.code = problem.code;
    this.live = problem.live;
    this.hints = hints;
    this.plan = new SpillPlan(code.operandCount(), code.vregCount(), code.blockCount());
    this.next = new NextUse(problem, lookahead, plan);
    this.working = new WorkingSet(problem.classOf);
    this.entrySet = new EntrySet(problem, plan, next, lookahead, calleeSavedLimit);
    this.fit = new Fit(problem, working, next, calleeSavedLimit);
    this.evictionCost = new double[code.vregCount()];
  }

  SpillPlan run() {
    joinParams();
    int[] order = problem.flow.order;
    for (int k = 0; k < order.length; k++) {
      int b = order[k];
      block = b;
      frequency = problem.flow.frequency[b];
      next.enter(b);
      if (problem.trees.isBare(b)) {
        entrySet.pass(b);
      } else {
        entrySet.choose(b, working);
        walk(b);
        leave(b);
        next.leave(b, isOvertaken(problem.trees.firstChild(b), k + 1));
      }
    }
    new EdgeSpills(problem, plan, evictionCost).run();
    chooseStores();
    return plan;
  }

  /** Whether, from an index of the order on, another block comes before this one; not bare ones. */
  private boolean isOvertaken(int child, int from) {
    int[] order = problem.flow.order;
    int k = from;
    while (child >= 0 && problem.trees.isBare(order[k])) {
      k++;
    }
    return child >= 0 && order[k] != child;
  }

  private void walk(int b) {
    VBlock vblock = code.block(b);
    int time = problem.trees.at[b];
    for (int i = vblock.from; i < vblock.to; i++) {
      instruction(i, time);
      time += problem.distance.over(b, i);
    }
  }

  private void leave(int b) {
    plan.exitAt[b] = plan.poolCount();
    for (int cls = 0; cls < 2; cls++) {
      for (int k = 0; k < working.size(cls); k++) {
        int v = working.member(cls, k);
        if (next.of(v) != NEVER) {
          plan.push(v << 1 | (working.isClean(v) ? 1 : 0));
          plan.exitCount[b]++;
        }
      }
    }
  }

  private void instruction(int i, int time) {
    int start = code.operandStart(i);
    int end = code.operandEnd(i);
    problem.work += end - start + 1;
    if (code.isCommutative(i)) {
      exchange(i, start, end);
    }
    fit.begin(i, time, block);
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      if (!Operand.isDef(operand)) {
        use(o, operand, i, time);
      }
    }
    if (code.hasRefs() && code.isSafepoint(i)) {
      evictRefs(i);
    }
    for (int cls = 0; cls < 2; cls++) {
      while (!fit.fits(cls)) {
        evict(i, fit.victim(cls));
      }
    }
    if (fit.overwrites()) {
      dropOverwritten(i, start, end);
    }
    fit.markHomes(plan.flags);
    for (int o = end - 1; o >= start; o--) {
      long operand = code.operandAt(o);
      if (!Operand.isDef(operand)) {
        leaveUse(o, operand);
      }
    }
    if (fit.isConstrained() || fit.overwrites() || code.isMove(i)) {
      noteHints(i, start, end);
    }
    if (fit.isCall() && !code.block(block).cold) {
      countProfit(time);
    }
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      if (Operand.isDef(operand)) {
        define(o, Operand.vreg(operand), time);
      }
    }
  }

  /**
   * Of the operands of a commutative operation, has the one overwritten that ends there, if only
   * one does.
   */
  private void exchange(int i, int start, int end) {
    int first = Operand.vreg(code.operandAt(start));
    int second = Operand.vreg(code.operandAt(start + 1));
    if (first == second || next.after(start + 1) != NEVER) {
      return;
    }
    boolean better = next.after(start) != NEVER;
    if (!better && working.contains(second)) {
      int def = Operand.vreg(code.operandAt(end - 1));
      better =
          !working.contains(first) || hints.areJoined(def, second) && !hints.areJoined(def, first);
    }
    if (better) {
      code.exchangeUses(i);
      next.exchange(start);
    }
  }

  private int place(int i, int part) {
    return SlotAccesses.place(i - code.block(block).from + 1, part);
  }

  private void use(int o, long operand, int i, int time) {
    int v = Operand.vreg(operand);
    next.pass(o, v);
    if (!working.contains(v)) {
      boolean any = Operand.constraint(operand) == Operand.ANY && !problem.isRemat(v);
      plan.needsSlot[v] |= !problem.isRemat(v);
      if (any && !fit.worthLoading(v, time)) {
        plan.flags[o] |= SpillPlan.SLOT;
        plan.slotAccesses.load(v, block, place(i, SlotAccesses.USE));
        return;
      }
      plan.flags[o] |= SpillPlan.LOAD;
      if (!problem.isRemat(v)) {
        plan.slotAccesses.load(v, block, place(i, SlotAccesses.LOADS));
      }
      working.add(v, true);
    }
    fit.use(operand, v);
  }

  /** Lets definitions overwrite values that would leave their registers soon. */
  private void dropOverwritten(int i, int start, int end) {
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      if (Operand.constraint(operand) == Operand.REUSE) {
        int used = Operand.vreg(code.operandAt(start + Operand.reused(operand)));
        if (working.contains(used) && fit.isNextToLeave(used)) {
          fit.keepOffStack();
          evict(i, used);
        }
      }
    }
  }

  /** References live over calls in their slots only. */
  private void evictRefs(int i) {
    fit.keepOffStack();
    for (int k = working.size(0) - 1; k >= 0; k--) {
      int v = working.member(0, k);
      if (fit.isMisplacedRef(v)) {
        evict(i, v);
      }
    }
  }

  /** Takes a value out of its register, before the instruction, or after it if it is used by it. */
  private void evict(int i, int v) {
    boolean dirty = !working.isClean(v) && !problem.isRemat(v) && !fit.isDropped(v);
    boolean used = fit.isUsed(v);
    boolean toStack = used && fit.isToStack();
    if (toStack) {
      demoteUses(i, v);
      working.remove(v);
    } else if (used) {
      fit.drop(v);
    } else {
      working.remove(v);
    }
    if (!used || toStack || dirty) {
      plan.addEviction(i, v, dirty);
    }
    if (dirty) {
      plan.slotAccesses.storeEvicted(v, block, place(i, SlotAccesses.BEFORE));
      evictionCost[v] += frequency;
    }
  }

  /** Lets the instruction use a value, which could be in a register, from the stack. */
  private void demoteUses(int i, int v) {
    for (int o = code.operandStart(i); o < code.operandEnd(i); o++) {
      long operand = code.operandAt(o);
      if (Operand.vreg(operand) == v && !Operand.isDef(operand)) {
        plan.flags[o] = SpillPlan.SLOT;
      }
    }
    plan.needsSlot[v] = true;
    plan.slotAccesses.load(v, block, place(i, SlotAccesses.USE));
  }

  private void leaveUse(int o, long operand) {
    int v = Operand.vreg(operand);
    if (working.contains(v) && (next.of(v) == NEVER || fit.isDropped(v))) {
      plan.flags[o] |= SpillPlan.KILL;
      working.remove(v);
    }
  }

  private void define(int o, int v, int time) {
    if (next.after(o) == NEVER) {
      plan.flags[o] |= SpillPlan.KILL;
      plan.needsSlot[v] |= live.demoted[v] && !problem.isRemat(v);
      return;
    }
    if (problem.isRemat(v)
        && (next.after(o) >= problem.trees.end(block) || next.after(o) >= time + Distance.CALL)) {
      plan.flags[o] |= SpillPlan.KILL | SpillPlan.DROP;
      return;
    }
    next.pass(o, v);
    working.add(v, false);
  }

  private void noteHints(int i, int start, int end) {
    boolean avoid = fit.isConstrained() && !code.block(block).cold;
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      int v = Operand.vreg(operand);
      int constraint = Operand.constraint(operand);
      if (constraint == Operand.FIXED && Operand.isDef(operand)) {
        hints.makes(v, Operand.preg(operand), frequency);
      } else if (constraint == Operand.FIXED) {
        hints.want(v, Operand.preg(operand), frequency);
      } else if (constraint == Operand.REUSE) {
        int used = Operand.vreg(code.operandAt(start + Operand.reused(operand)));
        if (!working.contains(used)) {
          hints.join(used, v);
        }
      } else if (code.isMove(i) && Operand.isDef(operand)) {
        joinMove(start, end, v);
      } else if (avoid && !Operand.isDef(operand) && fit.isUsed(v)) {
        hints.avoid(v, fit.inTheWay(v), frequency);
      }
    }
    for (int cls = 0; avoid && cls < 2; cls++) {
      for (int k = 0; k < working.size(cls); k++) {
        int v = working.member(cls, k);
        hints.avoid(v, fit.takenFrom(v), frequency);
      }
    }
  }

  private void joinMove(int start, int end, int def) {
    for (int o = start; o < end; o++) {
      int v = Operand.vreg(code.operandAt(o));
      if (!Operand.isDef(code.operandAt(o)) && !working.contains(v)) {
        hints.join(v, def);
      }
    }
  }

  /** Adds up what the values that stay in registers across a call save. */
  private void countProfit(int time) {
    Arrays.fill(gains, 0);
    for (int k = 0; k < working.size(0); k++) {
      int v = working.member(0, k);
      if (!fit.costsCalleeSaved(v)) {
        continue;
      }
      double gain = 0;
      if (!crossed[v] && !problem.isRemat(v)) {
        gain = Math.min(frequency, problem.flow.frequency[live.defBlock[v]]);
      }
      crossed[v] = true;
      if (next.of(v) < time + 2 * Distance.CALL) {
        gain += frequency; // the load before its use; that after a later call is counted there
      }
      for (int n = 0; n < gains.length && gain > 0; n++) {
        double larger = Math.max(gain, gains[n]);
        gain = Math.min(gain, gains[n]);
        gains[n] = larger;
      }
    }
    for (int n = 0; n < gains.length; n++) {
      profit[n] += gains[n];
    }
  }

  /**
   * Whether a callee-saved register may save more than its own saving and restoring costs: for each
   * call, that is a store and a load at most.
   */
  static boolean mayCalleeSavedPay(Problem problem) {
    double most = 0;
    for (int b = 0; b < problem.code.blockCount(); b++) {
      VBlock vblock = problem.code.block(b);
      if (!vblock.cold && problem.flow.calls(b)) {
        most += 2 * problem.flow.frequency[b] * problem.distance.calls(vblock);
      }
    }
    return most > SAVE_AND_RESTORE;
  }

  /** How many callee-saved registers save more than their own saving and restoring costs. */
  int profitableCalleeSaved() {
    int n = 0;
    while (n < profit.length && profit[n] > SAVE_AND_RESTORE) {
      n++;
    }
    return n;
  }

  /** Whether any callee-saved register is used across calls. */
  boolean usesCalleeSaved(int n) {
    return n < profit.length && profit[n] > 0;
  }

  /**
   * For each value in memory: one store at its definition, or one at each place where it leaves its
   * register?
   */
  private void chooseStores() {
    for (int v = 0; v < evictionCost.length; v++) {
      if (plan.needsSlot[v] && !plan.bornInSlot[v]) {
        double atDefinition = problem.flow.frequency[live.defBlock[v]];
        plan.storeAtDefinition[v] =
            live.demoted[v]
                || plan.landing[v]
                || problem.isRemat(v)
                || evictionCost[v] >= atDefinition;
      }
    }
  }

  /**
   * Parameters would like to have the registers of their arguments, but those of one block are
   * never in the same one: a value that two of them get, such as the constant with which two
   * counters begin, goes with the first only.
   */
  private void joinParams() {
    int[] blockOf = Assigner.minusOnes(code.vregCount()); // of classes: with a parameter of it
    for (int b = 0; b < code.blockCount(); b++) {
      int[] params = code.block(b).params;
      if (params.length == 0) {
        continue;
      }
      for (int p : params) {
        blockOf[hints.find(p)] = b;
      }
      for (int p : code.block(b).preds) {
        int[] args = problem.args(p, b);
        for (int j = 0; j < params.length; j++) {
          int of = hints.find(args[j]);
          boolean isOther = blockOf[of] == b && of != hints.find(params[j]);
          if (!isOther && problem.classOf[params[j]] == problem.classOf[args[j]]) {
            hints.join(params[j], args[j]);
            blockOf[hints.find(params[j])] = b;
          }
        }
      }
    }
  }
}
