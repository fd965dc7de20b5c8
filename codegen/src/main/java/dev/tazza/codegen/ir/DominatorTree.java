package dev.tazza.codegen.ir;

import java.util.Arrays;

/**
 * Immediate dominators of the reachable blocks, by their numbers in {@link ControlFlow}.
 *
 * <p>In a reducible graph one walk in reverse post order finds them: the immediate dominator is the
 * nearest common ancestor of the forward predecessors. Common ancestors are found over jump
 * pointers in logarithmic time (E. Myers, "An applicative random-access stack", 1983), so long
 * chains of branches to one exit stay cheap. When some retreating edge shows that the graph is
 * irreducible, the iteration of Cooper, Harvey and Kennedy ("A simple, fast dominance algorithm",
 * 2001) takes over.
 */
public final class DominatorTree {
  private final ControlFlow flow;
  private final int[] idom;
  private final int[] depth;

  /** An ancestor far up; the lengths of the jumps follow the skew-binary numbers. */
  private final int[] jump;

  private final int[] preorder;
  private final int[] position;
  private final int[] subtreeEnd;

  public DominatorTree(ControlFlow flow) {
    this.flow = flow;
    int size = flow.size();
    idom = new int[size];
    depth = new int[size];
    jump = new int[size];
    preorder = new int[size];
    position = new int[size];
    subtreeEnd = new int[size];
    walkOnce();
    number();
    if (flow.hasRetreatingEdges() && !isReducible()) {
      iterate();
      number();
    }
  }

  private void walkOnce() {
    for (int block = 1; block < idom.length; block++) {
      int dominator = -1;
      for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
        int pred = flow.pred(i);
        if (pred < block) {
          dominator = dominator < 0 ? pred : commonAncestor(dominator, pred);
        }
      }
      idom[block] = dominator;
      depth[block] = depth[dominator] + 1;
      int far = jump[dominator];
      boolean equalJumps = depth[dominator] - depth[far] == depth[far] - depth[jump[far]];
      jump[block] = equalJumps ? jump[far] : dominator;
    }
  }

  /** The nearest block that dominates both. */
  public int commonAncestor(int first, int second) {
    int a = first;
    int b = second;
    while (depth[a] > depth[b]) {
      a = depth[jump[a]] >= depth[b] ? jump[a] : idom[a];
    }
    while (depth[b] > depth[a]) {
      b = depth[jump[b]] >= depth[a] ? jump[b] : idom[b];
    }
    while (a != b) {
      // Equal depths jump equally far.
      boolean far = jump[a] != jump[b];
      a = far ? jump[a] : idom[a];
      b = far ? jump[b] : idom[b];
    }
    return a;
  }

  private boolean isReducible() {
    for (int block = 0; block < idom.length; block++) {
      for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
        if (flow.pred(i) >= block && !dominates(block, flow.pred(i))) {
          return false;
        }
      }
    }
    return true;
  }

  private void iterate() {
    Arrays.fill(idom, -1);
    idom[0] = 0;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int block = 1; block < idom.length; block++) {
        int dominator = -1;
        for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
          int pred = flow.pred(i);
          if (idom[pred] >= 0) {
            dominator = dominator < 0 ? pred : meet(dominator, pred);
          }
        }
        if (idom[block] != dominator) {
          idom[block] = dominator;
          changed = true;
        }
      }
    }
    for (int block = 1; block < idom.length; block++) {
      depth[block] = depth[idom[block]] + 1;
    }
  }

  private int meet(int first, int second) {
    int a = first;
    int b = second;
    while (a != b) {
      if (a > b) {
        a = idom[a];
      } else {
        b = idom[b];
      }
    }
    return a;
  }

  /** Preorder with children in reverse post order, from subtree sizes: no recursion needed. */
  private void number() {
    int size = idom.length;
    int[] subtree = new int[size];
    for (int block = size - 1; block > 0; block--) {
      subtree[idom[block]] += ++subtree[block];
    }
    int[] next = new int[size];
    next[0] = 1;
    subtreeEnd[0] = size;
    preorder[0] = 0;
    for (int block = 1; block < size; block++) {
      int at = next[idom[block]];
      next[idom[block]] = at + subtree[block];
      position[block] = at;
      preorder[at] = block;
      subtreeEnd[block] = at + subtree[block];
      next[block] = at + 1;
    }
  }

  /** The immediate dominator's number; the entry's is its own. */
  public int idom(int block) {
    return idom[block];
  }

  /** Distance from the entry in the tree. */
  public int depth(int block) {
    return depth[block];
  }

  /**
   * Whether every path from the entry to {@code b} goes through {@code a}; a block dominates
   * itself.
   */
  public boolean dominates(int a, int b) {
    return position[a] <= position[b] && position[b] < subtreeEnd[a];
  }

  /** The same for blocks, which must be reachable. */
  public boolean dominates(Block a, Block b) {
    return dominates(flow.number(a), flow.number(b));
  }

  /** How many blocks {@code block} dominates, with itself. */
  public int treeSize(int block) {
    return subtreeEnd[block] - position[block];
  }

  /** The block at a position of a preorder walk over the tree, {@code 0 ≤ index < size}. */
  public int preorder(int index) {
    return preorder[index];
  }
}
