package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;

/**
 * The extended basic blocks of a function: trees of blocks, in which each block but the root has
 * one predecessor, its parent. Most blocks are no roots, so what is known for roots only, and
 * changes little from parent to child, is known cheaply.
 *
 * <p>Points of a tree have positions, by their {@link Distance} from the start of the root. Where
 * those would get too large, a new tree begins.
 */
final class ExtendedBlocks {
  private static final int FARTHEST = 1 << 28;

  private final VCode<?> code;
  private final Distance distance;

  /** By block: the root of its tree. */
  final int[] root;

  /** By block: the position of its start. */
  final int[] at;

  /**
   * All blocks: trees one after the other, by reverse postorder of the roots; parents before
   * children, and the child with the largest subtree right behind its parent.
   */
  final int[] order;

  /** By block: its index in {@link #order}. */
  final int[] rank;

  /**
   * By block: whether it has a parent and is nothing but a jump to a root, as blocks on split edges
   * are.
   */
  private final boolean[] bare;

  // By root: edges that leave the tree, or go back to its root.
  private final int[] exitStart;
  private final int[] exitEnd;
  private final int[] exitFrom;
  private final int[] exitTo;

  ExtendedBlocks(VCode<?> code, Flow flow, Distance distance) {
    this.code = code;
    this.distance = distance;
    int n = code.blockCount();
    this.root = new int[n];
    this.at = new int[n];
    this.order = new int[n];
    this.rank = new int[n];
    this.bare = new boolean[n];
    this.exitStart = new int[n];
    this.exitEnd = new int[n];
    int exits = findRoots(flow);
    this.exitFrom = new int[exits];
    this.exitTo = new int[exits];
    collect(flow, sizes(flow));
  }

  boolean isRoot(int block) {
    return root[block] == block;
  }

  boolean isBare(int block) {
    return bare[block];
  }

  /** The only predecessor of a block that is no root. */
  int parent(int block) {
    return code.block(block).preds[0];
  }

  /** The child that stands right behind a block in {@link #order} and is not bare, or -1. */
  int firstChild(int block) {
    int next = rank[block] + 1;
    return next < order.length
            && !isRoot(order[next])
            && !bare[order[next]]
            && parent(order[next]) == block
        ? order[next]
        : -1;
  }

  /** The position of the end of a block. */
  int end(int block) {
    return at[block] + distance.length[block];
  }

  int firstExit(int ofRoot) {
    return exitStart[ofRoot];
  }

  int lastExit(int ofRoot) {
    return exitEnd[ofRoot];
  }

  int exitFrom(int exit) {
    return exitFrom[exit];
  }

  int exitTo(int exit) {
    return exitTo[exit];
  }

  /** Returns the number of edges into roots. */
  private int findRoots(Flow flow) {
    int exits = 0;
    for (int b : flow.order) {
      VBlock block = code.block(b);
      root[b] = b;
      if (b != 0 && block.preds.length == 1 && block.params.length == 0) {
        int p = block.preds[0];
        int position = end(p) + distance.edge(p, b);
        if (position < FARTHEST) {
          root[b] = root[p];
          at[b] = position;
          continue;
        }
      }
      exits += block.preds.length;
    }
    return exits;
  }

  /** By block: how many blocks that are not bare its subtree has. */
  private int[] sizes(Flow flow) {
    int[] size = new int[order.length];
    for (int k = size.length - 1; k >= 0; k--) {
      int b = flow.order[k];
      if (!isRoot(b)) {
        VBlock block = code.block(b);
        bare[b] = block.succs.length == 1 && isRoot(block.succs[0]) && isJump(block);
        size[b] += bare[b] ? 0 : 1;
        size[parent(b)] += size[b];
      }
    }
    return size;
  }

  private boolean isJump(VBlock block) {
    int i = block.from;
    return block.to - i == 1 && code.operandStart(i) == code.operandEnd(i) && code.clobbers(i) == 0;
  }

  private void collect(Flow flow, int[] size) {
    int[] stack = new int[order.length];
    int count = 0;
    int exits = 0;
    for (int r : flow.order) {
      if (!isRoot(r)) {
        continue;
      }
      exitStart[r] = exits;
      int top = 0;
      stack[top++] = r;
      while (top > 0) {
        int b = stack[--top];
        rank[b] = count;
        order[count++] = b;
        int bottom = top;
        for (int s : code.block(b).succs) {
          if (isRoot(s)) {
            exitFrom[exits] = b;
            exitTo[exits++] = s;
          } else if (top > bottom && size[s] <= size[stack[top - 1]]) {
            stack[top] = stack[top - 1];
            stack[top++ - 1] = s;
          } else {
            stack[top++] = s;
          }
        }
      }
      exitEnd[r] = exits;
    }
  }
}
