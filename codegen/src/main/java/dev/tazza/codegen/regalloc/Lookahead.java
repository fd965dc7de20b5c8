package dev.tazza.codegen.regalloc;

import static dev.tazza.codegen.regalloc.Distance.NEVER;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * When each value is used next after each operand, and where paths part, how that differs between
 * them. Times are positions in the tree of {@link ExtendedBlocks}.
 *
 * <p>One walk upwards over each tree, with the values that are live and their next uses. What a
 * block ends with is what its {@linkplain ExtendedBlocks#firstChild first child} starts with and
 * what its other successors bring; only the difference, which is mostly small, is kept for the
 * child. Other children, whose subtrees are smaller, keep all that is live at their start.
 */
final class Lookahead {
  private final Problem problem;
  private final VCode<?> code;
  private final Flow flow;
  private final RootLiveness live;
  private final ExtendedBlocks trees;
  private final Distance distance;

  /** By operand: when its value is used next after it, or {@link Distance#NEVER}. */
  private final int[] after;

  /** By parameter of a block: when it is used next after the start of the block. */
  private final int[] paramNext;

  // By block: values and their next uses.
  private final int[] listStart;
  private final int[] listEnd;
  private final boolean[] whole;
  private int[] listValue;
  private int[] listNext;
  private int listed;

  /** By class and header: see {@link #pressure}. */
  private final int[][] pressure = new int[2][];

  // What is live at the point of the walk: values stamped with its number.
  private int walk;
  private final int[] stamp;
  private final int[] next;
  private final int[] members;
  private int memberCount;
  private final int[] liveCount = new int[2];

  /** Whether what is live at the end of a block is new to its first child. */
  private boolean parting;

  // Of the block: the most values at once, and definitions of those in the instruction.
  private final int[] most = new int[2];
  private final int[] defined = new int[2];

  Lookahead(Problem problem) {
    this.problem = problem;
    this.code = problem.code;
    this.flow = problem.flow;
    this.live = problem.live;
    this.trees = problem.trees;
    this.distance = problem.distance;
    int values = code.vregCount();
    int blocks = code.blockCount();
    this.after = new int[code.operandCount()];
    this.paramNext = new int[values];
    this.listStart = new int[blocks];
    this.listEnd = new int[blocks];
    this.whole = new boolean[blocks];
    this.listValue = new int[64 + 4 * blocks];
    this.listNext = new int[listValue.length];
    this.stamp = new int[values];
    this.next = new int[values];
    this.members = new int[values];
    for (int cls = 0; cls < 2; cls++) {
      pressure[cls] = new int[flow.deepest == 0 ? 0 : blocks];
    }
    for (int k = blocks - 1; k >= 0; k--) {
      if (!trees.isBare(trees.order[k])) {
        block(trees.order[k]);
      }
    }
    spreadPressure();
  }

  private void block(int b) {
    VBlock block = code.block(b);
    int child = trees.firstChild(b);
    if (child < 0) {
      walk++;
      memberCount = liveCount[0] = liveCount[1] = 0;
    } else {
      listStart[child] = listed;
    }
    parting = child >= 0;
    for (int s = 0; s < block.succs.length; s++) {
      if (block.succs[s] != child) {
        join(b, block.succs[s], block.args[s]);
      }
    }
    if (child >= 0) {
      listEnd[child] = listed;
    }
    parting = false;
    instructions(b, block);
    for (int p : block.params) {
      paramNext[p] = stamp[p] == walk ? next[p] : NEVER;
    }
    if (!trees.isRoot(b) && trees.firstChild(trees.parent(b)) != b) {
      keepAll(b);
    }
  }

  /** Adds what one more successor brings. */
  private void join(int b, int succ, int[] args) {
    int position = trees.end(b) + distance.edge(b, succ);
    if (trees.isRoot(succ)) {
      joinRoot(succ, position, args);
    } else if (trees.isBare(succ)) {
      int to = code.block(succ).succs[0];
      int end = trees.end(succ) + distance.edge(succ, to);
      joinRoot(to, end, code.block(succ).args[0]);
    } else {
      for (int e = listStart[succ], end = listEnd[succ]; e < end; e++) {
        join(listValue[e], listNext[e]);
      }
      problem.work += listEnd[succ] - listStart[succ];
    }
  }

  private void joinRoot(int root, int position, int[] args) {
    int start = live.listStart[root];
    int end = live.listStart[root + 1];
    problem.work += end - start + args.length;
    for (int e = start; e < end; e++) {
      join(live.listValue[e], Distance.add(position, live.listNext[e]));
    }
    for (int arg : args) {
      join(arg, position);
    }
  }

  private void join(int v, int at) {
    if (stamp[v] != walk) {
      if (parting) {
        list(v, NEVER);
      }
      enter(v, at);
    } else if (at < next[v]) {
      if (parting) {
        list(v, next[v]);
      }
      next[v] = at;
    }
  }

  private void enter(int v, int at) {
    stamp[v] = walk;
    next[v] = at;
    members[memberCount++] = v;
    liveCount[problem.classOf[v]]++;
  }

  private void list(int v, int at) {
    if (listed == listValue.length) {
      listValue = Arrays.copyOf(listValue, listed * 2);
      listNext = Arrays.copyOf(listNext, listed * 2);
    }
    listValue[listed] = v;
    listNext[listed++] = at;
  }

  private void instructions(int b, VBlock block) {
    int time = trees.end(b);
    boolean crowds = flow.depth[b] > 0 && !block.cold;
    most[0] = liveCount[0];
    most[1] = liveCount[1];
    for (int i = block.to - 1; i >= block.from; i--) {
      time -= distance.over(b, i);
      defined[0] = liveCount[0];
      defined[1] = liveCount[1];
      long taken = code.clobbers(i);
      for (int o = code.operandEnd(i) - 1, start = code.operandStart(i); o >= start; o--) {
        long operand = code.operandAt(o);
        int v = Operand.vreg(operand);
        boolean lives = stamp[v] == walk;
        after[o] = lives ? next[v] : NEVER;
        if (Operand.isDef(operand)) {
          if (Operand.constraint(operand) == Operand.FIXED) {
            taken |= PReg.mask(Operand.preg(operand));
          }
          if (lives) {
            stamp[v] = 0;
            liveCount[problem.classOf[v]]--;
            defined[problem.classOf[v]]--;
          }
        } else if (lives) {
          next[v] = time;
        } else {
          enter(v, time);
        }
      }
      if (crowds) {
        notePressure(taken);
      }
    }
    if (crowds) {
      int header = flow.loop[b];
      pressure[0][header] = Math.max(pressure[0][header], most[0]);
      pressure[1][header] = Math.max(pressure[1][header], most[1]);
    }
  }

  /** Counts at an instruction that takes some registers for itself. */
  private void notePressure(long taken) {
    for (int cls = 0; cls < 2; cls++) {
      int within = defined[cls] + Long.bitCount(taken & problem.allocatable[cls]);
      most[cls] = Math.max(most[cls], Math.max(within, liveCount[cls]));
    }
  }

  /** Notes all that is live at the start of a block. */
  private void keepAll(int b) {
    whole[b] = true;
    listStart[b] = listed;
    for (int k = 0; k < memberCount; k++) {
      if (stamp[members[k]] == walk) {
        list(members[k], next[members[k]]);
      }
    }
    listEnd[b] = listed;
    problem.work += memberCount;
  }

  private void spreadPressure() {
    for (int k = flow.order.length - 1; k >= 0; k--) {
      int b = flow.order[k];
      if (flow.isHeader(b) && flow.outer[b] >= 0) {
        int up = flow.outer[b];
        pressure[0][up] = Math.max(pressure[0][up], pressure[0][b]);
        pressure[1][up] = Math.max(pressure[1][up], pressure[1][b]);
      }
    }
  }

  /**
   * How many values of a class are live at once at the worst place of a loop that is not cold,
   * where registers that an instruction takes for itself count as values.
   */
  int pressure(int cls, int header) {
    return pressure[cls][header];
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

  /** When a parameter of a block is used next after the start of the block. */
  int ofParam(int v) {
    return paramNext[v];
  }

  /** Whether the list of a block has all values that are live at its start. */
  boolean listsAll(int block) {
    return whole[block];
  }

  /**
   * Where the list of a block begins. It has the values whose next use at the start of the block is
   * not the next one at the end of its parent. Of those for one value, the first counts.
   */
  int listStart(int block) {
    return listStart[block];
  }

  int listEnd(int block) {
    return listEnd[block];
  }

  int listedValue(int index) {
    return listValue[index];
  }

  int listedNext(int index) {
    return listNext[index];
  }
}
