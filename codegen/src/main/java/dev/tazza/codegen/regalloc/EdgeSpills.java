package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;

/** Finds out what must be loaded from and stored to slots on edges, once all blocks are decided. */
final class EdgeSpills {
  private final Problem problem;
  private final VCode<?> code;
  private final SpillPlan plan;
  private final double[] evictionCost;
  private final int[] entryMark;
  private final int[] exitMark;
  private int exitMarks;

  // Where accesses on the current edge stand.
  private int home;
  private int place;

  EdgeSpills(Problem problem, SpillPlan plan, double[] evictionCost) {
    this.problem = problem;
    this.code = problem.code;
    this.plan = plan;
    this.evictionCost = evictionCost;
    this.entryMark = new int[code.vregCount()];
    this.exitMark = new int[code.vregCount()];
    Arrays.fill(entryMark, -1);
  }

  void run() {
    for (int b = 0; b < code.blockCount(); b++) {
      if (plan.inherits[b]) {
        continue;
      }
      for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
        entryMark[plan.value(e)] = b;
      }
      for (int param : code.block(b).params) {
        if (entryMark[param] != b && !plan.isUnused(param)) {
          plan.bornInSlot[param] = true;
          plan.needsSlot[param] = true;
        }
      }
      for (int p : code.block(b).preds) {
        edge(p, b);
      }
    }
  }

  private void edge(int p, int b) {
    boolean atStart = code.block(b).preds.length == 1;
    home = atStart ? b : p;
    place = atStart ? 0 : SlotAccesses.place(code.block(p).to - code.block(p).from + 1, 0);
    exitMarks++;
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      int v = plan.value(x);
      exitMark[v] = exitMarks;
      if (!plan.isClean(x)
          && !problem.isRemat(v)
          && entryMark[v] != b
          && problem.live.isLiveIn(b, v)) {
        evictionCost[v] += problem.flow.edgeFrequency(p, b);
        plan.slotAccesses.storeEvicted(v, home, place + 1);
        plan.evictsOnEdge[home] = true;
      }
    }
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      if (!plan.isParam(e)) {
        needOnEdge(plan.value(e));
      }
    }
    params(p, b);
  }

  private void params(int p, int b) {
    int[] params = code.block(b).params;
    int[] args = params.length == 0 ? params : problem.args(p, b);
    for (int j = 0; j < params.length; j++) {
      if (plan.isUnused(params[j])) {
        continue;
      }
      boolean fromSlot = needOnEdge(args[j]);
      if (plan.bornInSlot[params[j]]) {
        plan.slotAccesses.storeParam(params[j], home, place + 1);
        if (fromSlot) {
          plan.slotAccesses.move(params[j], args[j], problem.flow.edgeFrequency(p, b));
        }
      }
    }
  }

  /** Notes that a value is needed on the edge; whether it comes from its slot. */
  private boolean needOnEdge(int v) {
    if (exitMark[v] == exitMarks || problem.isRemat(v)) {
      return false;
    }
    plan.needsSlot[v] = true;
    plan.slotAccesses.load(v, home, place);
    return true;
  }
}
