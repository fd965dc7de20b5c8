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
  private final boolean retreats;

  /** By block number: the place in the order in which the search found the blocks. */
  private final int[] foundAt;

  public ControlFlow(Function function) {
    this(function, new Search());
  }

  /**
   * @param search what another one of the same function was made with, to be used again
   */
  ControlFlow(Function function, Search search) {
    search.run(function);
    int size = search.found;
    numberOf = search.numberOf;
    order = new Block[size];
    foundAt = new int[size];
    int[] renumbered = search.remaining;
    int[] finished = search.finished;
    Block[] blocks = search.blocks;
    for (int i = 0; i < size; i++) {
      int index = finished[size - 1 - i];
      order[i] = blocks[index];
      foundAt[i] = index;
      renumbered[index] = i;
    }
    for (int id = 0; id < numberOf.length; id++) {
      numberOf[id] = numberOf[id] < 0 ? -1 : renumbered[numberOf[id]];
    }
    predStart = new int[size + 1];
    int edgeCount = search.edgeCount;
    int[] targets = search.targets;
    for (int i = 0; i < edgeCount; i++) {
      targets[i] = renumbered[targets[i]];
      predStart[targets[i] + 1]++;
    }
    for (int i = 0; i < size; i++) {
      predStart[i + 1] += predStart[i];
    }
    preds = new int[edgeCount];
    predEdges = new Edge[edgeCount];
    int[] fill = search.stack;
    System.arraycopy(predStart, 0, fill, 0, size);
    Edge[][] edgesFrom = search.edges;
    int[] edgeStart = search.edgeStart;
    boolean anyBack = false;
    for (int i = 0; i < size; i++) {
      Edge[] edges = edgesFrom[foundAt[i]];
      int start = edgeStart[foundAt[i]];
      for (int k = 0; k < edges.length; k++) {
        int target = targets[start + k];
        int at = fill[target]++;
        preds[at] = i;
        predEdges[at] = edges[k];
        anyBack |= target <= i;
      }
    }
    retreats = anyBack;
  }

  /**
   * Depth-first search that takes the last successor first, so that in the reversed order the first
   * one comes first. Blocks and edges are looked at once, for in large functions they are far away:
   * what was seen is noted in arrays by the order in which blocks were found.
   *
   * <p>A function is searched several times while it is compiled, and most arrays serve for all.
   */
  static final class Search {
    private static final Edge[][] NO_EDGES = {};

    /** By block id; -1: not found. New for each search. */
    private int[] numberOf = {};

    private Block[] blocks = {};
    private Edge[][] edges = NO_EDGES;

    /** Where in {@link #targets} those of the block's edges begin. */
    private int[] edgeStart = {};

    /** The blocks in the order in which they were left for good. */
    private int[] finished = {};

    private int[] stack = {};
    private int[] remaining = {};
    private int[] targets = {};
    private int found;
    private int edgeCount;

    private void prepare(Function function) {
      numberOf = new int[function.blockCount()];
      Arrays.fill(numberOf, -1);
      found = 0;
      edgeCount = 0;
      int size = function.blocks.size();
      if (size > blocks.length) {
        int room = size + size / 4;
        blocks = new Block[room];
        edges = new Edge[room][];
        edgeStart = new int[room];
        finished = new int[room];
        stack = new int[room];
        remaining = new int[room];
        targets = new int[room * 2];
      }
    }

    private void run(Function function) {
      prepare(function);
      // Fields would be read again in each round.
      int[] numbers = numberOf;
      Edge[][] ways = edges;
      int[] starts = edgeStart;
      int[] path = stack;
      int[] left = remaining;
      int finishedCount = 0;
      int depth = 0;
      path[0] = 0;
      left[0] = find(function.entry());
      while (depth >= 0) {
        int from = path[depth];
        if (left[depth] == 0) {
          finished[finishedCount++] = from;
          depth--;
          continue;
        }
        int way = --left[depth];
        Block target = ways[from][way].target;
        int number = numbers[target.id];
        if (number < 0) {
          number = found;
          depth++;
          path[depth] = number;
          left[depth] = find(target);
        }
        targets[starts[from] + way] = number;
      }
    }

    /** Numbers a block; gives how many edges leave it. */
    private int find(Block block) {
      Edge[] successors = block.successors();
      int number = found;
      int edgesBefore = edgeCount;
      numberOf[block.id] = number;
      blocks[number] = block;
      edges[number] = successors;
      edgeStart[number] = edgesBefore;
      found = number + 1;
      edgeCount = edgesBefore + successors.length;
      if (edgeCount > targets.length) {
        targets = Arrays.copyOf(targets, Math.max(edgeCount, targets.length * 2));
      }
      return successors.length;
    }
  }

  /** Whether there is any retreating edge; otherwise there are no loops. */
  public boolean hasRetreatingEdges() {
    return retreats;
  }

  /** Whether the search that gave the blocks their order came to {@code b} by way of {@code a}. */
  boolean isAncestor(int a, int b) {
    return a <= b && foundAt[a] <= foundAt[b];
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
