package dev.tazza.codegen.regalloc;

import static dev.tazza.codegen.regalloc.Liveness.NEVER;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * For the block being walked, when each value is used next, in the measure of {@link Liveness},
 * counted from the start of the block.
 */
final class NextUse {
  private final Problem problem;
  private final VCode<?> code;
  private final Liveness live;
  private final int[] next;
  private final int[] stamp;
  private final int[] after;

  NextUse(Problem problem) {
    this.problem = problem;
    this.code = problem.code;
    this.live = problem.live;
    this.next = new int[code.vregCount()];
    this.stamp = new int[code.vregCount()];
    this.after = new int[code.operandCount()];
    Arrays.fill(stamp, -1);
  }

  /** Goes to the start of a block. */
  void enter(int b) {
    VBlock block = code.block(b);
    int time = live.length[b];
    for (int s = 0; s < block.succs.length; s++) {
      int succ = block.succs[s];
      int distance = time + live.edgeLength(b, succ);
      problem.work += live.listStart[succ + 1] - live.listStart[succ] + block.args[s].length;
      for (int e = live.listStart[succ], end = live.listStart[succ + 1]; e < end; e++) {
        nearer(live.listValue[e], Liveness.add(distance, live.listNext[e]), b);
      }
      for (int arg : block.args[s]) {
        nearer(arg, distance, b);
      }
    }
    for (int i = block.to - 1; i >= block.from; i--) {
      time -= live.duration(b, i);
      for (int o = code.operandEnd(i) - 1, start = code.operandStart(i); o >= start; o--) {
        long operand = code.operandAt(o);
        int v = Operand.vreg(operand);
        after[o] = stamp[v] == b ? next[v] : NEVER;
        if (!Operand.isDef(operand)) {
          stamp[v] = b;
          next[v] = time;
        }
      }
    }
  }

  private void nearer(int v, int distance, int b) {
    if (stamp[v] != b) {
      stamp[v] = b;
      next[v] = distance;
    } else if (distance < next[v]) {
      next[v] = distance;
    }
  }

  /** Whether the value is used in, or live through, the block that is walked. */
  boolean isKnown(int v, int block) {
    return stamp[v] == block;
  }

  /** When the value is used next, or {@link Liveness#NEVER}; only for values that are live. */
  int of(int v, int block) {
    return stamp[v] == block ? next[v] : NEVER;
  }

  int of(int v) {
    return next[v];
  }

  /** When the value of an operand is used next after that operand. */
  int after(int operand) {
    return after[operand];
  }

  /** Follows an exchange of two operands' values. */
  void exchange(int operand) {
    int first = after[operand];
    after[operand] = after[operand + 1];
    after[operand + 1] = first;
  }

  /** Goes past an operand. */
  void pass(int operand, int v, int block) {
    next[v] = after[operand];
    stamp[v] = block;
  }
}
