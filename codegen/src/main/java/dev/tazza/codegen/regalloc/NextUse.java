package dev.tazza.codegen.regalloc;

import static dev.tazza.codegen.regalloc.Distance.NEVER;

import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;

/**
 * When each value is used next, at the point that a walk over the blocks has reached: of the values
 * in registers and those that the instruction uses. Times are those of {@link Lookahead}.
 */
final class NextUse {
  private final VCode<?> code;
  private final Liveness live;
  private final ExtendedBlocks trees;
  private final Lookahead lookahead;
  private final SpillPlan plan;
  private final int[] next;
  private final int[] knownAt;

  /** Of the plan's exits. */
  private int[] atExit = new int[256];

  NextUse(Problem problem, Lookahead lookahead, SpillPlan plan) {
    this.code = problem.code;
    this.live = problem.live;
    this.trees = problem.trees;
    this.lookahead = lookahead;
    this.plan = plan;
    this.next = new int[code.vregCount()];
    this.knownAt = new int[code.vregCount()];
    Arrays.fill(knownAt, -1);
  }

  /** Goes to the start of a block. */
  void enter(int b) {
    if (trees.isRoot(b)) {
      for (int e = live.listStart[b], end = live.listStart[b + 1]; e < end; e++) {
        know(live.listValue[e], live.listNext[e], b);
      }
      for (int param : code.block(b).params) {
        know(param, lookahead.ofParam(param), b);
      }
    } else if (trees.isBare(b)) {
      int to = code.block(b).succs[0];
      for (int e = live.listStart[to], end = live.listStart[to + 1]; e < end; e++) {
        knownAt[live.listValue[e]] = b;
      }
      for (int arg : code.block(b).args[0]) {
        knownAt[arg] = b;
      }
    } else {
      enterBelow(b, trees.parent(b));
    }
  }

  private void enterBelow(int b, int parent) {
    boolean all = lookahead.listsAll(b);
    int x = plan.exitAt[parent];
    for (int end = x + plan.exitCount[parent]; x < end; x++) {
      int v = plan.value(x);
      next[v] = all ? NEVER : atExit[x];
      knownAt[v] = b;
    }
    for (int e = lookahead.listEnd(b) - 1, start = lookahead.listStart(b); e >= start; e--) {
      next[lookahead.listedValue(e)] = lookahead.listedNext(e);
    }
  }

  private void know(int v, int at, int b) {
    next[v] = at;
    knownAt[v] = b;
  }

  /** Notes, for an exit of the plan, when the value is used next. */
  void leave(int exit, int v) {
    if (exit >= atExit.length) {
      atExit = Arrays.copyOf(atExit, exit * 2);
    }
    atExit[exit] = next[v];
  }

  /** Whether a value that the only, or a, predecessor has in a register is live at the start. */
  boolean isLiveIn(int v, int block) {
    return knownAt[v] == block && (trees.isBare(block) || next[v] != NEVER);
  }

  /** When the value is used next, or {@link Distance#NEVER}. */
  int of(int v) {
    return next[v];
  }

  /** When the value of an operand is used next after that operand. */
  int after(int operand) {
    return lookahead.after(operand);
  }

  /** Follows an exchange of two operands' values. */
  void exchange(int operand) {
    lookahead.exchange(operand);
  }

  /** Goes past an operand. */
  void pass(int operand, int v) {
    next[v] = lookahead.after(operand);
  }
}
