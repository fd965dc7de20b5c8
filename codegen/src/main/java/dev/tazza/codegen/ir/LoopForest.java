package dev.tazza.codegen.ir;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The natural loops and how they nest. Loops are numbered by their headers in reverse post order:
 * an outer loop has a lower number than the loops in it. Cycles of an irreducible graph that no
 * block dominates are not loops here.
 */
public final class LoopForest {
  private final ControlFlow flow;

  /** Null when no edge goes back, so that there are no loops. */
  private final @Nullable DominatorTree dominators;

  /** Innermost loop by block number, -1 for none. */
  private final int[] loopOf;

  /** By block number: what {@link #isDominatedByHeader} gives. */
  private final boolean[] dominatedByHeader;

  private int[] headers = new int[4];
  private int count;
  private final int[] parents;
  private final int[] depths;

  LoopForest(Analyses analyses) {
    flow = analyses.controlFlow();
    dominators = flow.hasRetreatingEdges() ? analyses.dominators() : null;
    loopOf = new int[flow.size()];
    dominatedByHeader = new boolean[flow.size()];
    Arrays.fill(loopOf, -1);
    for (int block = 0; dominators != null && block < flow.size(); block++) {
      if (hasBackEdge(block, dominators)) {
        if (count == headers.length) {
          headers = Arrays.copyOf(headers, count * 2);
        }
        headers[count++] = block;
      }
    }
    parents = new int[count];
    depths = new int[count];
    Arrays.fill(parents, -1);
    if (dominators != null) {
      discover(dominators);
      findDominated(dominators);
    }
    for (int loop = 0; loop < count; loop++) {
      depths[loop] = parents[loop] < 0 ? 1 : depths[parents[loop]] + 1;
    }
  }

  private boolean hasBackEdge(int block, DominatorTree dominators) {
    for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
      if (flow.pred(i) >= block && dominators.dominates(block, flow.pred(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Walks backwards from the latches, innermost loops first; a loop that is known already is
   * crossed in one step.
   */
  private void discover(DominatorTree dominators) {
    int[] outermost = new int[count];
    Worklist work = new Worklist(flow, dominators);
    for (int loop = count - 1; loop >= 0; loop--) {
      outermost[loop] = loop;
      int header = headers[loop];
      loopOf[header] = loop;
      work.pushPreds(header, header);
      while (work.size > 0) {
        int block = work.items[--work.size];
        int inner = loopOf[block] < 0 ? -1 : find(outermost, loopOf[block]);
        if (inner < 0) {
          loopOf[block] = loop;
          work.pushPreds(block, header);
        } else if (inner != loop) {
          parents[inner] = loop;
          outermost[inner] = loop;
          work.pushPreds(headers[inner], header);
        }
      }
    }
  }

  private void findDominated(DominatorTree dominators) {
    for (int block = 0; block < loopOf.length; block++) {
      dominatedByHeader[block] = loopOf[block] >= 0 || dominatedByHeader[dominators.idom(block)];
    }
  }

  /** Blocks to visit. */
  private static final class Worklist {
    final ControlFlow flow;
    final DominatorTree dominators;
    int[] items = new int[16];
    int size;

    Worklist(ControlFlow flow, DominatorTree dominators) {
      this.flow = flow;
      this.dominators = dominators;
    }

    void pushPreds(int block, int header) {
      for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
        int pred = flow.pred(i);
        if (dominators.dominates(header, pred)) {
          if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
          }
          items[size++] = pred;
        }
      }
    }
  }

  private static int find(int[] outermost, int loop) {
    int root = loop;
    while (outermost[root] != root) {
      root = outermost[root];
    }
    int at = loop;
    while (outermost[at] != root) {
      int next = outermost[at];
      outermost[at] = root;
      at = next;
    }
    return root;
  }

  /** Number of loops. */
  public int count() {
    return count;
  }

  /** Block number of the loop's header. */
  public int header(int loop) {
    return headers[loop];
  }

  /** The loop around this one, or -1. */
  public int parent(int loop) {
    return parents[loop];
  }

  /** Nesting depth of a loop, from 1. */
  public int depth(int loop) {
    return depths[loop];
  }

  /** The innermost loop of a block (by number), or -1. */
  public int loopOf(int block) {
    return loopOf[block];
  }

  /** How many loops the block (by number) is in. */
  public int depthOf(int block) {
    return loopOf[block] < 0 ? 0 : depths[loopOf[block]];
  }

  /** How many loops the block is in; 0 when it is unreachable. */
  public int depthOf(Block block) {
    int number = flow.number(block);
    return number < 0 ? 0 : depthOf(number);
  }

  /** Whether the block (by number) is in {@code loop} or in a loop inside of it. */
  public boolean contains(int loop, int block) {
    int at = loopOf[block];
    while (at > loop) {
      at = parents[at];
    }
    return at == loop;
  }

  /**
   * Whether the header of some loop dominates the block (by number): in others no value of a loop
   * can be used.
   */
  public boolean isDominatedByHeader(int block) {
    return dominatedByHeader[block];
  }

  /**
   * The nearest block that dominates all ways back to {@code header}, the header of a loop: the
   * last one that each round passes through.
   */
  public int lastAlways(int header) {
    DominatorTree dominators = this.dominators;
    int common = -1;
    for (int i = flow.predStart(header); i < flow.predEnd(header); i++) {
      int from = flow.pred(i);
      if (dominators != null && dominators.dominates(header, from)) {
        common = common < 0 ? from : common;
        while (!dominators.dominates(common, from)) {
          common = dominators.idom(common);
        }
      }
    }
    return common < 0 ? header : common;
  }
}
