package dev.tazza.codegen.ir;

import java.util.Arrays;

/**
 * The reachable blocks in reverse post order, and the predecessors of each. A snapshot: it does not
 * follow later edits of blocks and edges.
 *
 * <p>Blocks are known by their <i>number</i>, the position in reverse post order; the entry is 0.
 * An edge whose source has a number not below that of its target is a <i>retreating</i> edge.
 */
public final class ControlFlow {
  private final Block[] order;
  private final int[] numberOf;
  private final int[] predStart;
  private final int[] preds;
  private final Edge[] predEdges;

  public ControlFlow(Function function) {
    numberOf = new int[function.blockCount()];
    order = reversePostOrder(function, numberOf);
    predStart = new int[order.length + 1];
    for (Block block : order) {
      for (Edge edge : block.successors()) {
        predStart[numberOf[edge.target.id] + 1]++;
      }
    }
    for (int i = 0; i < order.length; i++) {
      predStart[i + 1] += predStart[i];
    }
    preds = new int[predStart[order.length]];
    predEdges = new Edge[preds.length];
    int[] fill = Arrays.copyOf(predStart, order.length);
    for (int i = 0; i < order.length; i++) {
      for (Edge edge : order[i].successors()) {
        int at = fill[numberOf[edge.target.id]]++;
        preds[at] = i;
        predEdges[at] = edge;
      }
    }
  }

  /**
   * Depth-first search that takes the last successor first, so that in the reversed order the first
   * one comes first.
   */
  private static Block[] reversePostOrder(Function function, int[] numberOf) {
    Arrays.fill(numberOf, -1);
    int size = function.blocks.size();
    Block[] finished = new Block[size];
    int count = 0;
    Block[] stack = new Block[size];
    Edge[][] edges = new Edge[size][];
    int[] remaining = new int[size];
    int depth = 0;
    stack[0] = function.entry();
    edges[0] = stack[0].successors();
    remaining[0] = edges[0].length;
    numberOf[stack[0].id] = 0;
    while (depth >= 0) {
      if (remaining[depth] == 0) {
        finished[count++] = stack[depth--];
        continue;
      }
      Block target = edges[depth][--remaining[depth]].target;
      if (numberOf[target.id] < 0) {
        numberOf[target.id] = 0;
        depth++;
        stack[depth] = target;
        edges[depth] = target.successors();
        remaining[depth] = edges[depth].length;
      }
    }
    Block[] order = new Block[count];
    for (int i = 0; i < count; i++) {
      order[i] = finished[count - 1 - i];
      numberOf[order[i].id] = i;
    }
    return order;
  }

  /** Number of reachable blocks. */
  public int size() {
    return order.length;
  }

  public Block block(int number) {
    return order[number];
  }

  /** The block's number, or -1 when it is unreachable. */
  public int number(Block block) {
    return numberOf[block.id];
  }

  public boolean isReachable(Block block) {
    return numberOf[block.id] >= 0;
  }

  /**
   * Index of the block's first incoming edge; the edges are {@code predStart(b)} up to {@code
   * predEnd(b)}.
   */
  public int predStart(int number) {
    return predStart[number];
  }

  public int predEnd(int number) {
    return predStart[number + 1];
  }

  public int predCount(int number) {
    return predStart[number + 1] - predStart[number];
  }

  /** Number of the block that edge {@code index} comes from. */
  public int pred(int index) {
    return preds[index];
  }

  public Edge predEdge(int index) {
    return predEdges[index];
  }
}
