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
  private final RootLiveness live;
  private final ExtendedBlocks trees;
  private final Lookahead lookahead;
  private final SpillPlan plan;
  private final int[] next;
  private final int[] knownAt;

  /** Whether the block is neither a root nor bare. */
  private boolean below;

  /** The block left last. */
  private int left = -1;

  // By block: the next uses of its exits, for a child to which the walk comes later.
  private final int[] savedAt;
  private int[] saved = new int[64];
  private int savedCount;

  NextUse(Problem problem, Lookahead lookahead, SpillPlan plan) {
    this.code = problem.code;
    this.live = problem.live;
    this.trees = problem.trees;
    this.lookahead = lookahead;
    this.plan = plan;
    this.next = new int[code.vregCount()];
    this.knownAt = new int[code.vregCount()];
    this.savedAt = new int[code.blockCount()];
    Arrays.fill(knownAt, -1);
  }

  /** Goes to the start of a block. */
  void enter(int b) {
    below = false;
    if (trees.isRoot(b)) {
      for (int e = live.listStart[b], end = live.listStart[b + 1]; e < end; e++) {
        next[live.listValue[e]] = live.listNext[e];
        knownAt[live.listValue[e]] = b;
      }
      for (int param : code.block(b).params) {
        next[param] = lookahead.ofParam(param);
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
      below = true;
      enterBelow(b, trees.parent(b));
    }
  }

  private void enterBelow(int b, int parent) {
    int start = plan.exitAt[parent];
    int end = start + plan.exitCount[parent];
    if (lookahead.listsAll(b)) {
      for (int x = start; x < end; x++) {
        next[plan.value(x)] = NEVER;
      }
    } else if (left != parent) {
      for (int x = start, at = savedAt[parent]; x < end; x++) {
        next[plan.value(x)] = saved[at++];
      }
    }
    for (int e = lookahead.listEnd(b) - 1, first = lookahead.listStart(b); e >= first; e--) {
      next[lookahead.listedValue(e)] = lookahead.listedNext(e);
    }
  }

  /**
   * Goes past the end of a block.
   *
   * @param save whether other blocks than bare ones are walked before its first child
   */
  void leave(int b, boolean save) {
    left = b;
    if (!save) {
      return;
    }
    int count = plan.exitCount[b];
    if (savedCount + count > saved.length) {
      saved = Arrays.copyOf(saved, 2 * (savedCount + count));
    }
    savedAt[b] = savedCount;
    for (int x = plan.exitAt[b], end = x + count; x < end; x++) {
      saved[savedCount++] = next[plan.value(x)];
    }
  }

  /** Whether a value that the only, or a, predecessor has in a register is live at the start. */
  boolean isLiveIn(int v, int block) {
    return below ? next[v] != NEVER : knownAt[v] == block;
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
