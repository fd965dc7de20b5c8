package dev.tazza.codegen.regalloc;

import static dev.tazza.codegen.regalloc.Distance.NEVER;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * Which values are live at the roots of {@link ExtendedBlocks}, and how far away the next use of
 * each is. {@link Lookahead} tells the same within the trees.
 *
 * <p>Live-in sets are found one value at a time, upwards from its uses to its definition (Boissinot
 * et al. 2008), from tree to tree, and kept as lists ordered by virtual register. Distances are
 * along the shortest path.
 *
 * <p>The sum of the lists' lengths, each counted once more for each edge to its root, is limited.
 * Values beyond the limit are {@linkplain #demoted}: they live in memory between trees and are in
 * no list. That keeps time and space linear whatever the input.
 */
final class RootLiveness {
  private static final int LIST_BUDGET_PER_BLOCK = 64;
  private static final int LIST_BUDGET = 1 << 20;

  /** Blocks looked at one by one to find out where in block order a value is live on a path. */
  private static final int LONGEST_WALK = 64;

  private static final int[] NO_BLOCKS = {};

  private final VCode<?> code;
  private final Flow flow;
  private final ExtendedBlocks trees;
  private final Distance distance;

  /** The block that defines each value, as parameter or by an instruction. */
  final int[] defBlock;

  /** The defining instruction, or -1 for a parameter. */
  final int[] defInst;

  /** The list of root b is {@code [listStart[b], listStart[b + 1])}. */
  final int[] listStart;

  int[] listValue = {};

  /** Distance from the start of the root to the next use. */
  int[] listNext = {};

  /** Values that live in memory between trees. */
  final boolean[] demoted;

  /** Instruction index from which, and until which in block order, a value may be live. */
  final int[] from;

  final int[] until;

  // Of the path from its root to each block: the first instruction in block order, and the end of
  // the last block but for the block itself.
  private final int[] pathFrom;
  private final int[] pathUntil;

  /**
   * By block: the rank of the first block of its path from which on each stands behind the last.
   */
  private final int[] ascendingFrom;

  // By root: the other ends of edges to it, together by trees; all of the paths to those that are
  // in
  // one tree, as pathFrom and pathUntil tell of each, and with those blocks.
  private final int[] wayStart;
  private int[] wayRoot = {};
  private int[] wayFrom = {};
  private int[] wayUntil = {};

  // Uses of values defined in other trees: the nearest in each tree, in chains by value.
  private int[] useRoot;
  private int[] usePosition;
  private int[] useBefore;
  private int useCount;
  private int[] lastUse;

  // Live-in entries in order of values.
  private int[] entryRoot = {};
  private int[] entryValue = {};
  private int[] entryNext = {};
  private int entryCount;

  /** What the entries count for. */
  private long charged;

  /** By root: the last value that was found live there. */
  private final int[] reached;

  /** Steps of the inner loops. */
  long work;

  /** The usual limit for the sum of the lists' lengths. */
  static int budget(int blocks) {
    return (int)
        Math.min(Integer.MAX_VALUE / 8, LIST_BUDGET + (long) LIST_BUDGET_PER_BLOCK * blocks);
  }

  RootLiveness(VCode<?> code, Flow flow, Distance distance, ExtendedBlocks trees, int budget) {
    this.code = code;
    this.flow = flow;
    this.distance = distance;
    this.trees = trees;
    int n = code.vregCount();
    int blocks = code.blockCount();
    this.defBlock = new int[n];
    this.defInst = new int[n];
    this.from = new int[n];
    this.until = new int[n];
    this.demoted = new boolean[n];
    this.lastUse = new int[n];
    this.useRoot = new int[64 + n / 2];
    this.usePosition = new int[useRoot.length];
    this.useBefore = new int[useRoot.length];
    this.pathFrom = new int[blocks];
    this.pathUntil = new int[blocks];
    this.ascendingFrom = new int[blocks];
    this.listStart = new int[blocks + 1];
    this.reached = new int[blocks];
    this.wayStart = new int[blocks + 1];
    findDefinitions();
    findPaths();
    findWays();
    findUses();
    propagate(budget);
    makeLists();
    measure();
  }

  private void findDefinitions() {
    Arrays.fill(defInst, -1);
    for (int b = 0; b < code.blockCount(); b++) {
      VBlock block = code.block(b);
      for (int p : block.params) {
        define(p, b, block.from);
      }
      for (int i = block.from; i < block.to; i++) {
        for (int o = code.operandStart(i), end = code.operandEnd(i); o < end; o++) {
          long operand = code.operandAt(o);
          if (Operand.isDef(operand)) {
            define(Operand.vreg(operand), b, i);
            defInst[Operand.vreg(operand)] = i;
          }
        }
      }
    }
  }

  private void define(int v, int block, int inst) {
    defBlock[v] = block;
    from[v] = inst;
    until[v] = inst + 1;
  }

  private void findPaths() {
    for (int b : trees.order) {
      VBlock block = code.block(b);
      pathFrom[b] = block.from;
      ascendingFrom[b] = trees.rank[b];
      if (!trees.isRoot(b)) {
        int p = trees.parent(b);
        VBlock parent = code.block(p);
        pathFrom[b] = Math.min(pathFrom[p], block.from);
        pathUntil[b] = Math.max(pathUntil[p], parent.to);
        if (parent.from < block.from) {
          ascendingFrom[b] = ascendingFrom[p];
        }
      }
    }
  }

  private void findWays() {
    int edges = 0;
    for (int b = 0; b < wayStart.length - 1; b++) {
      edges += trees.isRoot(b) ? code.block(b).preds.length : 0;
    }
    wayRoot = new int[edges];
    wayFrom = new int[edges];
    wayUntil = new int[edges];
    int[] way = new int[wayStart.length];
    int count = 0;
    for (int b = 0; b < wayStart.length - 1; b++) {
      wayStart[b] = count;
      for (int p : trees.isRoot(b) ? code.block(b).preds : NO_BLOCKS) {
        int root = trees.root[p];
        int at = way[root];
        if (at < wayStart[b] || at >= count || wayRoot[at] != root) {
          at = count++;
          way[root] = at;
          wayRoot[at] = root;
          wayFrom[at] = Integer.MAX_VALUE;
        }
        wayFrom[at] = Math.min(wayFrom[at], pathFrom[p]);
        wayUntil[at] = Math.max(wayUntil[at], Math.max(pathUntil[p], code.block(p).to));
      }
    }
    wayStart[wayStart.length - 1] = count;
  }

  private void findUses() {
    Arrays.fill(lastUse, -1);
    for (int b : trees.order) {
      VBlock block = code.block(b);
      int position = trees.at[b];
      for (int i = block.from; i < block.to; i++) {
        for (int o = code.operandStart(i), end = code.operandEnd(i); o < end; o++) {
          long operand = code.operandAt(o);
          if (!Operand.isDef(operand)) {
            use(Operand.vreg(operand), b, position, i + 1);
          }
        }
        position += distance.over(b, i);
      }
      for (int s = 0; s < block.succs.length; s++) {
        int[] args = block.args[s];
        if (args.length > 0) {
          int behind = position + distance.edge(b, block.succs[s]);
          for (int arg : args) {
            use(arg, b, behind, block.to);
          }
        }
      }
    }
  }

  private void use(int v, int block, int position, int end) {
    until[v] = Math.max(until[v], end);
    if (defBlock[v] == block || coverPath(v, block)) {
      return;
    }
    int root = trees.root[block];
    int u = lastUse[v];
    if (u >= 0 && useRoot[u] == root) {
      usePosition[u] = Math.min(usePosition[u], position);
      return;
    }
    if (useCount == useRoot.length) {
      useRoot = Arrays.copyOf(useRoot, useCount * 2);
      usePosition = Arrays.copyOf(usePosition, useCount * 2);
      useBefore = Arrays.copyOf(useBefore, useCount * 2);
    }
    useRoot[useCount] = root;
    usePosition[useCount] = position;
    useBefore[useCount] = u;
    lastUse[v] = useCount++;
  }

  /**
   * Notes that a value is live from the root of a block, or from its definition if that is in the
   * same tree, to the start of the block; whether its definition is.
   */
  private boolean coverPath(int v, int block) {
    int home = defBlock[v];
    boolean here = trees.root[home] == trees.root[block];
    if (here && trees.rank[home] >= ascendingFrom[block]) {
      return true; // from the definition to here in block order
    }
    int steps = 0;
    for (int b = block; here && b != home; b = trees.parent(b)) {
      if (steps++ == LONGEST_WALK) {
        cover(v, block);
        return true;
      }
      from[v] = Math.min(from[v], code.block(b).from);
      until[v] = Math.max(until[v], code.block(trees.parent(b)).to);
    }
    if (!here) {
      cover(v, block);
    }
    return here;
  }

  private void cover(int v, int block) {
    from[v] = Math.min(from[v], pathFrom[block]);
    until[v] = Math.max(until[v], pathUntil[block]);
  }

  private void propagate(int limit) {
    int[] stack = new int[code.blockCount()];
    Arrays.fill(reached, -1);
    entryRoot = new int[64 + 2 * useCount];
    entryValue = new int[entryRoot.length];
    entryNext = new int[entryRoot.length];
    for (int v = 0; v < lastUse.length; v++) {
      if (lastUse[v] < 0) {
        continue;
      }
      int rollback = entryCount;
      long chargedBefore = charged;
      int top = 0;
      for (int u = lastUse[v]; u >= 0; u = useBefore[u]) {
        enter(useRoot[u], v, usePosition[u]);
        stack[top++] = useRoot[u];
      }
      spread(v, stack, top, limit);
      if (charged > limit) {
        entryCount = rollback;
        charged = chargedBefore;
        demoted[v] = true;
        from[v] = 0;
        until[v] = code.instCount();
      }
    }
    useRoot = usePosition = useBefore = lastUse = new int[0];
  }

  private void spread(int v, int[] stack, int top, int limit) {
    int home = trees.root[defBlock[v]];
    while (top > 0 && charged <= limit) {
      int b = stack[--top];
      int end = wayStart[b + 1];
      work += end - wayStart[b];
      for (int w = wayStart[b]; w < end; w++) {
        int root = wayRoot[w];
        if (root == home) {
          coverHome(v, b);
          continue;
        }
        from[v] = Math.min(from[v], wayFrom[w]);
        until[v] = Math.max(until[v], wayUntil[w]);
        if (reached[root] != v) {
          enter(root, v, NEVER);
          stack[top++] = root;
        }
      }
    }
  }

  /** Notes that a value is live from its definition to each edge from its tree to the root. */
  private void coverHome(int v, int root) {
    int home = defBlock[v];
    for (int p : code.block(root).preds) {
      if (trees.root[p] == trees.root[home]) {
        until[v] = Math.max(until[v], code.block(p).to);
        if (p != home) {
          coverPath(v, p);
        }
      }
    }
  }

  private void enter(int root, int v, int next) {
    if (entryCount == entryRoot.length) {
      entryRoot = Arrays.copyOf(entryRoot, entryCount * 2);
      entryValue = Arrays.copyOf(entryValue, entryCount * 2);
      entryNext = Arrays.copyOf(entryNext, entryCount * 2);
    }
    reached[root] = v;
    charged += 1 + code.block(root).preds.length;
    entryRoot[entryCount] = root;
    entryValue[entryCount] = v;
    entryNext[entryCount++] = next;
  }

  private void makeLists() {
    for (int e = 0; e < entryCount; e++) {
      listStart[entryRoot[e] + 1]++;
    }
    for (int b = 0; b < code.blockCount(); b++) {
      listStart[b + 1] += listStart[b];
    }
    int[] to = listStart.clone();
    listValue = new int[entryCount];
    listNext = new int[entryCount];
    for (int e = 0; e < entryCount; e++) {
      int at = to[entryRoot[e]]++;
      listValue[at] = entryValue[e];
      listNext[at] = entryNext[e];
    }
    entryRoot = entryValue = entryNext = new int[0];
  }

  /**
   * Distances of what a tree only passes on: one sweep upwards, and more over what is in loops to
   * go around them and around nested loops; from a header, all that the loop uses is found without
   * going around. What is not found then is very far, but not dead.
   */
  private void measure() {
    int[] near = new int[code.vregCount()];
    for (int sweep = 0; sweep <= Math.min(flow.deepest, 2); sweep++) {
      for (int k = flow.order.length - 1; k >= 0; k--) {
        int b = flow.order[k];
        if (flow.depth[b] >= sweep && listStart[b] < listStart[b + 1]) {
          measureTree(b, sweep, near);
        }
      }
    }
    for (int e = 0; e < listNext.length; e++) {
      listNext[e] = Math.min(listNext[e], NEVER - 1);
    }
  }

  private void measureTree(int root, int sweep, int[] near) {
    for (int e = listStart[root], end = listStart[root + 1]; e < end; e++) {
      near[listValue[e]] = listNext[e];
    }
    for (int x = trees.firstExit(root); x < trees.lastExit(root); x++) {
      int p = trees.exitFrom(x);
      int to = trees.exitTo(x);
      if (flow.depth[p] >= sweep) {
        int position = trees.end(p) + distance.edge(p, to);
        work += listStart[to + 1] - listStart[to];
        for (int f = listStart[to], end = listStart[to + 1]; f < end; f++) {
          int next = listNext[f];
          if (next != NEVER) {
            near[listValue[f]] = Math.min(near[listValue[f]], Distance.add(position, next));
          }
        }
      }
    }
    for (int e = listStart[root], end = listStart[root + 1]; e < end; e++) {
      listNext[e] = near[listValue[e]];
    }
  }

  /** Whether the value is in the list of the root. */
  boolean isLiveIn(int root, int v) {
    return Arrays.binarySearch(listValue, listStart[root], listStart[root + 1], v) >= 0;
  }
}
