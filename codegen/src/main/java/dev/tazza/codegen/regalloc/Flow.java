package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * The shape of the control flow: reverse postorder, loops, and how often each block is expected to
 * run.
 *
 * <p>Loops are found from the inside out with union-find (Tarjan 1974, Havlak 1997), in nearly
 * linear time. Frequencies are static guesses: a loop runs {@value #TRIPS} times, branches are even
 * but for those that leave loops, enter cold blocks, or lead to a call when others do not (T. Ball,
 * J. Larus, "Branch prediction for free", 1993).
 */
final class Flow {
  private static final int TRIPS = 8;
  private static final double COLD = 0.01;
  private static final double CALL = 0.5;
  private static final double LEAST = 1e-12;
  private static final double MOST = 1e12;

  final VCode<?> code;

  /** Blocks in reverse postorder. */
  final int[] order;

  /** Position of each block in {@link #order}. */
  final int[] rank;

  /** Header of the innermost loop around each block, or -1; a header belongs to its own loop. */
  final int[] loop;

  /** For a header, the header of the next loop outwards, or -1. */
  final int[] outer;

  /** Number of loops around each block. */
  final int[] depth;

  final double[] frequency;

  /** By block with one predecessor: how often the edge from there is expected to run. */
  private final double[] entering;

  /** Blocks with instructions that overwrite registers. */
  private final boolean[] calls;

  /** Whether each loop is entered at its header only. */
  boolean reducible = true;

  /** How deep loops are nested. */
  int deepest;

  Flow(VCode<?> code) {
    this.code = code;
    int n = code.blockCount();
    this.order = new int[n];
    this.rank = new int[n];
    this.loop = new int[n];
    this.outer = new int[n];
    this.depth = new int[n];
    this.frequency = new double[n];
    this.entering = new double[n];
    this.calls = new boolean[n];
    findCalls();
    computeOrder();
    checkEdges();
    findLoops();
    estimate();
  }

  /** Whether the edge goes back, to the header of a loop. */
  boolean isBackEdge(int from, int to) {
    return rank[to] <= rank[from];
  }

  boolean isHeader(int block) {
    return loop[block] == block;
  }

  /** Whether the block has instructions that overwrite registers, as calls do. */
  boolean calls(int block) {
    return calls[block];
  }

  /** How many loops an edge leaves. */
  int exits(int from, int to) {
    boolean enters = isHeader(to) && !isBackEdge(from, to);
    return Math.max(0, depth[from] - (enters ? depth[to] - 1 : depth[to]));
  }

  private void findCalls() {
    for (int b = 0; b < calls.length; b++) {
      VBlock block = code.block(b);
      for (int i = block.from; i < block.to && !calls[b]; i++) {
        calls[b] = code.clobbers(i) != 0;
      }
    }
  }

  private void computeOrder() {
    int n = code.blockCount();
    int[] stack = new int[n];
    int[] next = new int[n];
    boolean[] seen = new boolean[n];
    int top = 0;
    int at = n;
    seen[0] = true;
    while (top >= 0) {
      int[] succs = code.block(stack[top]).succs;
      if (next[top] < succs.length) {
        int s = succs[next[top]++];
        if (!seen[s]) {
          seen[s] = true;
          stack[++top] = s;
          next[top] = 0;
        }
      } else {
        order[--at] = stack[top--];
        rank[order[at]] = at;
      }
    }
    if (at != 0) {
      throw new CompilerBug("regalloc", "?", at + " blocks cannot be reached", "");
    }
  }

  private void checkEdges() {
    for (int b = 0; b < code.blockCount(); b++) {
      VBlock block = code.block(b);
      if (block.succs.length > 1) {
        for (int s : block.succs) {
          if (code.block(s).preds.length > 1) {
            throw new CompilerBug("regalloc", "?", "critical edge block" + b + " to block" + s, "");
          }
        }
      }
    }
  }

  private void findLoops() {
    int n = order.length;
    int[] parent = new int[n];
    int edges = 1;
    for (int b = 0; b < n; b++) {
      parent[b] = b;
      edges += code.block(b).preds.length;
    }
    int[] stack = new int[edges]; // each block is collected, and its predecessors pushed, once
    Arrays.fill(loop, -1);
    Arrays.fill(outer, -1);
    for (int k = n - 1; k >= 0; k--) {
      int header = order[k];
      for (int p : code.block(header).preds) {
        if (isBackEdge(p, header)) {
          loop[header] = header;
          collect(header, p, parent, stack);
        }
      }
    }
    for (int b : order) {
      int above = isHeader(b) ? outer[b] : loop[b];
      depth[b] = (above < 0 ? 0 : depth[above]) + (isHeader(b) ? 1 : 0);
      deepest = Math.max(deepest, depth[b]);
    }
  }

  /**
   * Adds to the loop of {@code header} all from which {@code latch} is reached without passing the
   * header.
   */
  private void collect(int header, int latch, int[] parent, int[] stack) {
    int top = 0;
    stack[0] = find(parent, latch);
    while (top >= 0) {
      int b = stack[top--];
      if (b == header || parent[b] != b) {
        continue;
      }
      if (rank[b] < rank[header]) {
        reducible = false;
        continue;
      }
      parent[b] = header;
      if (isHeader(b)) {
        outer[b] = header;
      } else {
        loop[b] = header;
      }
      for (int p : code.block(b).preds) {
        int root = find(parent, p);
        if (root != header && root != b) {
          stack[++top] = root;
        }
      }
    }
  }

  private static int find(int[] parent, int b) {
    int root = b;
    while (parent[root] != root) {
      root = parent[root];
    }
    while (parent[b] != root) {
      int up = parent[b];
      parent[b] = root;
      b = up;
    }
    return root;
  }

  private void estimate() {
    for (int b : order) {
      double f = b == 0 ? 1 : 0;
      for (int p : code.block(b).preds) {
        if (!isBackEdge(p, b)) {
          entering[b] = frequency[p] * probability(p, b);
          f += entering[b];
        }
      }
      if (isHeader(b)) {
        f *= TRIPS;
      }
      frequency[b] = Math.min(MOST, Math.max(LEAST, f));
    }
  }

  /** How often the edge is expected to run. */
  double edgeFrequency(int from, int to) {
    // Only a block with one successor leads to one with several predecessors.
    return code.block(from).succs.length == 1 ? frequency[from] : entering[to];
  }

  private double probability(int from, int to) {
    int[] succs = code.block(from).succs;
    if (succs.length == 1) {
      return 1;
    }
    if (succs.length > 8) {
      return 1.0 / succs.length;
    }
    double sum = 0;
    boolean allCall = true;
    for (int s : succs) {
      allCall &= calls[s];
    }
    for (int s : succs) {
      sum += weight(from, s, allCall);
    }
    return weight(from, to, allCall) / sum;
  }

  private double weight(int from, int to, boolean allCall) {
    double w = code.block(to).cold && !code.block(from).cold ? COLD : 1;
    if (calls[to] && !allCall) {
      w *= CALL;
    }
    for (int e = exits(from, to); e > 0; e--) {
      w /= TRIPS;
    }
    return w;
  }
}
