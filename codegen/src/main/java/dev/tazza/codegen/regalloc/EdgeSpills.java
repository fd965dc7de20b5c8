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
    exitMarks++;
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      int v = plan.value(x);
      exitMark[v] = exitMarks;
      if (!plan.isClean(x)
          && !problem.isRemat(v)
          && entryMark[v] != b
          && problem.live.isLiveIn(b, v)) {
        evictionCost[v] += problem.flow.edgeFrequency(p, b);
      }
    }
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      if (problem.live.defBlock[v] != b || problem.live.defInst[v] >= 0) {
        plan.needsSlot[v] |= exitMark[v] != exitMarks && !problem.isRemat(v);
      }
    }
    int[] params = code.block(b).params;
    int[] args = params.length == 0 ? params : problem.args(p, b);
    for (int j = 0; j < params.length; j++) {
      if (exitMark[args[j]] != exitMarks && !plan.isUnused(params[j])) {
        plan.needsSlot[args[j]] |= !problem.isRemat(args[j]);
      }
    }
  }
}
