package dev.tazza.codegen.ir;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The natural loops and how they nest. Loops are numbered by their headers in reverse post order:
 * an outer loop has a lower number than the loops in it. Cycles of an irreducible graph that no
 * block dominates are not loops here.
 *
 * <p>In a reducible graph each retreating edge goes to a block that dominates its source, so the
 * dominators need not be known. That it is reducible shows when the loops are walked: all that is
 * found lies below the header in the tree of the depth-first search (R. E. Tarjan, "Testing flow
 * graph reducibility", 1974).
 */
public final class LoopForest {
  private final ControlFlow flow;

  /** Only for an irreducible graph. */
  private @Nullable DominatorTree dominators;

  /** Innermost loop by block number, -1 for none. */
  private final int[] loopOf;

  private int[] headers = new int[4];
  private int count;
  private int[] parents = {};
  private final int[] depths;

  /** Blocks to visit. */
  private int[] work = new int[16];

  private int workSize;

  LoopForest(Analyses analyses) {
    flow = analyses.controlFlow();
    loopOf = new int[flow.size()];
    Arrays.fill(loopOf, -1);
    if (flow.hasRetreatingEdges() && !discover()) {
      dominators = analyses.dominators();
      discover();
    }
    depths = new int[count];
    for (int loop = 0; loop < count; loop++) {
      depths[loop] = parents[loop] < 0 ? 1 : depths[parents[loop]] + 1;
    }
  }

  private void findHeaders() {
    count = 0;
    for (int block = 0; block < flow.size(); block++) {
      if (hasBackEdge(block)) {
        if (count == headers.length) {
          headers = Arrays.copyOf(headers, count * 2);
        }
        headers[count++] = block;
      }
    }
  }

  private boolean hasBackEdge(int block) {
    for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
      if (flow.pred(i) >= block && isBelow(block, flow.pred(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether all ways to {@code block} go through {@code header}, as far as can be told. */
  private boolean isBelow(int header, int block) {
    return dominators == null
        ? flow.isAncestor(header, block)
        : dominators.dominates(header, block);
  }

  /**
   * Walks backwards from the latches, innermost loops first; a loop that is known already is
   * crossed in one step. Returns false if dominators turn out to be needed.
   */
  private boolean discover() {
    findHeaders();
    Arrays.fill(loopOf, -1);
    parents = new int[count];
    Arrays.fill(parents, -1);
    int[] outermost = new int[count];
    boolean reducible = true;
    for (int loop = count - 1; loop >= 0 && reducible; loop--) {
      outermost[loop] = loop;
      int header = headers[loop];
      loopOf[header] = loop;
      pushPreds(header, header);
      while (workSize > 0) {
        int block = work[--workSize];
        int inner = loopOf[block] < 0 ? -1 : find(outermost, loopOf[block]);
        if (inner < 0) {
          loopOf[block] = loop;
          reducible &= pushPreds(block, header);
        } else if (inner != loop) {
          parents[inner] = loop;
          outermost[inner] = loop;
          reducible &= pushPreds(headers[inner], header);
        }
      }
    }
    return reducible || dominators != null;
  }

  /** Adds the predecessors that are below the header to the work; tells whether all are. */
  private boolean pushPreds(int block, int header) {
    boolean all = true;
    for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
      int pred = flow.pred(i);
      if (!isBelow(header, pred)) {
        all = false;
        continue;
      }
      if (workSize == work.length) {
        work = Arrays.copyOf(work, workSize * 2);
      }
      work[workSize++] = pred;
    }
    return all;
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
   * Whether a value of some loop may be used in the block (by number): not before the first header
   * in reverse post order.
   */
  public boolean mayUseLoopValues(int block) {
    return count > 0 && block >= headers[0];
  }

  /**
   * The nearest block that dominates all ways back to {@code header}, the header of a loop: the
   * last one that each round passes through.
   */
  public int lastAlways(int header, DominatorTree dominators) {
    int common = -1;
    for (int i = flow.predStart(header); i < flow.predEnd(header); i++) {
      int from = flow.pred(i);
      if (dominators.dominates(header, from)) {
        common = common < 0 ? from : common;
        while (!dominators.dominates(common, from)) {
          common = dominators.idom(common);
        }
      }
    }
    return common < 0 ? header : common;
  }
}
