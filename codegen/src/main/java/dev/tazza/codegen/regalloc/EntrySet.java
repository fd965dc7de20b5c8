package dev.tazza.codegen.regalloc;

import static dev.tazza.codegen.regalloc.Distance.CALL;
import static dev.tazza.codegen.regalloc.Distance.FAR;
import static dev.tazza.codegen.regalloc.Distance.NEVER;

import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/**
 * Chooses the values that are in registers at the start of a block.
 *
 * <ul>
 *   <li>One predecessor: what it has in registers; nothing at a landing pad, before which it must
 *       be in memory.
 *   <li>Where paths meet: what most of the paths (by frequency) bring in registers. The others load
 *       it.
 *   <li>At the header of a loop: first what the loop uses, nearest first; those are loaded before
 *       the loop if need be. What comes after a call only counts as far as there are callee-saved
 *       registers, and references not at all. Then, as far as the loop at its worst place leaves
 *       registers free, what lives through it.
 * </ul>
 */
final class EntrySet {
  /** The share of the paths that must bring a value in a register. */
  private static final double MAJORITY = 0.45;

  private final Problem problem;
  private final VCode<?> code;
  private final Flow flow;
  private final RootLiveness live;
  private final SpillPlan plan;
  private final NextUse next;
  private final Lookahead lookahead;

  private final double[] weight;
  private final int[] weighed;
  private final int[] exitMark;
  private int exitMarks;
  private final int[] dirtyAt;
  private int[] touched = new int[64];
  private int touchedCount;
  private double total;

  // The nearest values so far, by class, for those to use and those to keep.
  private final Nearest[] used = new Nearest[2];
  private final Nearest[] through = new Nearest[2];
  private final int[] throughCount = new int[2];
  private final int[] calleeSaved = new int[2];

  /** The {@code limit} smallest of the values offered. */
  private static final class Nearest {
    final int[] values;
    final long[] keys;
    int count;

    Nearest(int limit) {
      values = new int[limit];
      keys = new long[limit];
    }

    void offer(int v, long key) {
      int at = count;
      if (at == keys.length) {
        if (at == 0 || key >= keys[at - 1]) {
          return;
        }
        at--;
      } else {
        count++;
      }
      for (; at > 0 && keys[at - 1] > key; at--) {
        keys[at] = keys[at - 1];
        values[at] = values[at - 1];
      }
      keys[at] = key;
      values[at] = v;
    }
  }

  EntrySet(
      Problem problem, SpillPlan plan, NextUse next, Lookahead lookahead, int calleeSavedLimit) {
    this.problem = problem;
    this.code = problem.code;
    this.flow = problem.flow;
    this.live = problem.live;
    this.plan = plan;
    this.next = next;
    this.lookahead = lookahead;
    int n = code.vregCount();
    this.weight = new double[n];
    this.weighed = new int[n];
    this.exitMark = new int[n];
    this.dirtyAt = new int[n];
    Arrays.fill(dirtyAt, -1);
    Arrays.fill(weighed, -1);
    for (int cls = 0; cls < 2; cls++) {
      used[cls] = new Nearest(problem.count[cls]);
      through[cls] = new Nearest(problem.count[cls]);
      calleeSaved[cls] = Long.bitCount(problem.allocatable[cls] & problem.registers.calleeSaved());
    }
    calleeSaved[0] = Math.min(calleeSaved[0], calleeSavedLimit + (problem.resident < 0 ? 0 : 1));
  }

  /** Fills the working set for the start of the block and notes it in the plan. */
  void choose(int b, WorkingSet working) {
    working.clear();
    plan.entryAt[b] = plan.poolCount();
    if (hasOneWayIn(b)) {
      inherit(b, working);
      return;
    }
    for (int cls = 0; cls < 2; cls++) {
      used[cls].count = through[cls].count = throughCount[cls] = 0;
    }
    if (b != 0) {
      weigh(b);
      if (flow.isHeader(b)) {
        chooseForLoop(b);
      } else {
        chooseForMerge(b);
      }
    }
    for (int param : code.block(b).params) {
      if (next.of(param) == NEVER && !live.demoted[param]) {
        plan.setUnused(param);
      }
    }
    for (int cls = 0; cls < 2; cls++) {
      for (int k = 0; k < used[cls].count; k++) {
        int v = used[cls].values[k];
        boolean isParam = live.defBlock[v] == b;
        plan.push(v << 1 | (isParam ? 1 : 0));
        working.add(v, !isParam && isCleanAt(b, v));
      }
      plan.entryCount[b] += used[cls].count;
    }
  }

  /** Whether there is one predecessor, and no parameters in need of room. */
  private boolean hasOneWayIn(int b) {
    return b != 0 && code.block(b).preds.length == 1 && code.block(b).params.length == 0;
  }

  /** Takes over what the only predecessor has in registers. */
  private void inherit(int b, WorkingSet working) {
    int p = code.block(b).preds[0];
    boolean pad = code.block(b).pad;
    int kept = pad ? problem.keptAtPad(b) : -1;
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      int v = plan.value(x);
      if (pad && v != kept && next.isLiveIn(v, b) && !problem.isRemat(v)) {
        plan.needsSlot[v] = true;
        plan.landing[v] = true;
      } else if ((!pad || v == kept) && next.isLiveIn(v, b)) {
        plan.push(v << 1);
        working.add(v, plan.isClean(x));
      }
    }
    plan.entryCount[b] = plan.poolCount() - plan.entryAt[b];
    plan.inherits[b] = true;
  }

  /** Lets what the predecessor of a bare block has in registers pass it. */
  void pass(int b) {
    int p = code.block(b).preds[0];
    plan.entryAt[b] = plan.exitAt[b] = plan.poolCount();
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      if (next.isLiveIn(plan.value(x), b)) {
        plan.repeat(x);
      }
    }
    plan.entryCount[b] = plan.exitCount[b] = plan.poolCount() - plan.entryAt[b];
    plan.inherits[b] = true;
  }

  /** Adds up, for each value, the frequencies of the edges on which it arrives in a register. */
  private void weigh(int b) {
    touchedCount = 0;
    total = 0;
    int[] params = code.block(b).params;
    for (int p : code.block(b).preds) {
      if (flow.isBackEdge(p, b)) {
        continue;
      }
      double f = flow.edgeFrequency(p, b);
      total += f;
      exitMarks++;
      for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
        int v = plan.value(x);
        exitMark[v] = exitMarks;
        if (!plan.isClean(x)) {
          dirtyAt[v] = b;
        }
        if (next.isLiveIn(v, b) && live.defBlock[v] != b) {
          add(v, f, b);
        }
      }
      int[] args = params.length == 0 ? params : problem.args(p, b);
      problem.work += plan.exitCount[p] + args.length;
      for (int j = 0; j < params.length; j++) {
        boolean ready = exitMark[args[j]] == exitMarks || problem.isRemat(args[j]);
        add(params[j], ready ? f : 0, b);
      }
    }
  }

  private void add(int v, double f, int b) {
    if (weighed[v] != b) {
      weighed[v] = b;
      weight[v] = 0;
      if (touchedCount == touched.length) {
        touched = Arrays.copyOf(touched, touchedCount * 2);
      }
      touched[touchedCount++] = v;
    }
    weight[v] += f;
  }

  private boolean isWeighty(int v, int b) {
    return weighed[v] == b && weight[v] >= MAJORITY * total;
  }

  private void chooseForMerge(int b) {
    for (int k = 0; k < touchedCount; k++) {
      int v = touched[k];
      int distance = next.of(v);
      if (distance == NEVER) {
        continue;
      }
      if (isWeighty(v, b)) {
        used[problem.classOf[v]].offer(v, distance);
      } else if (live.defBlock[v] == b && distance < FAR) {
        used[problem.classOf[v]].offer(v, distance + (long) CALL);
      }
    }
  }

  private void chooseForLoop(int b) {
    problem.work += live.listStart[b + 1] - live.listStart[b];
    for (int e = live.listStart[b]; e < live.listStart[b + 1]; e++) {
      offer(live.listValue[e], b);
    }
    for (int p : code.block(b).params) {
      if (next.of(p) != NEVER) {
        offer(p, b);
      }
    }
    for (int cls = 0; cls < 2; cls++) {
      dropAfterCalls(cls);
      keepThrough(b, cls);
    }
  }

  private void offer(int v, int b) {
    int cls = problem.classOf[v];
    int distance = next.of(v);
    if (distance < FAR) {
      used[cls].offer(v, problem.isRemat(v) ? distance * 2L + 64 : distance);
      return;
    }
    throughCount[cls]++;
    if (isWeighty(v, b) && code.vregKind(v) != VRegKind.REF) {
      through[cls].offer(v, distance);
    }
  }

  /** What is not used before a call needs a callee-saved register. */
  private void dropAfterCalls(int cls) {
    Nearest list = used[cls];
    int kept = 0;
    int acrossCalls = 0;
    for (int k = 0; k < list.count; k++) {
      if (next.of(list.values[k]) < CALL
          || code.vregKind(list.values[k]) != VRegKind.REF && acrossCalls++ < calleeSaved[cls]) {
        list.values[kept] = list.values[k];
        list.keys[kept++] = list.keys[k];
      }
    }
    list.count = kept;
  }

  private void keepThrough(int b, int cls) {
    Nearest list = used[cls];
    Nearest more = through[cls];
    if (more.count == 0) {
      return;
    }
    int taken = Math.max(list.count, lookahead.pressure(cls, b) - throughCount[cls]);
    int room = problem.count[cls] - taken;
    for (int k = 0; k < more.count && k < room; k++) {
      list.offer(more.values[k], more.keys[k]);
    }
  }

  /**
   * Whether on each path the slot holds the value, or is about to because the value is loaded from
   * there.
   */
  private boolean isCleanAt(int b, int v) {
    // Around a loop: a value from outside the loop was in its slot when the loop was entered.
    return dirtyAt[v] != b && (flow.reducible || !flow.isHeader(b));
  }
}
