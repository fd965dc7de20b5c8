package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The order of the blocks in the code: that of the function, cold ones last. Each remaining
 * critical edge (those without arguments) gets a block of its own behind its source, which is
 * nothing but a jump and costs nothing when the allocator puts nothing there.
 */
final class BlockOrder {
  private final ControlFlow flow;
  private final int[] indexOf;
  private final int[][] successors;
  private final @Nullable Block[] blocks;

  /** For blocks on edges, the target. */
  private final @Nullable Block[] targets;

  private int count;

  /** By block id, for one source at a time: number of edges to it. */
  private final int[] edgesTo;

  /**
   * By block id, for one source at a time: the block on the edges to it; 0 (the entry) for none.
   */
  private final int[] edgeBlock;

  BlockOrder(Function function, Analyses analyses) {
    flow = analyses.controlFlow();
    indexOf = new int[function.blockCount()];
    edgesTo = new int[function.blockCount()];
    edgeBlock = new int[function.blockCount()];
    successors = new int[function.blockCount()][];
    int most = flow.size() + flow.predEnd(flow.size() - 1); // one for each block and each edge
    blocks = new Block[most];
    targets = new Block[most];
    boolean anyCold = false;
    for (Block block : function.blocks) {
      anyCold |= isCold(function, block);
    }
    place(function, false);
    if (anyCold) {
      place(function, true);
    }
    for (Block block : function.blocks) {
      Edge[] edges = block.successors();
      int[] indexes = successors[block.id];
      for (int i = 0; i < edges.length; i++) {
        if (indexes[i] < 0) {
          indexes[i] = indexOf[edges[i].target.id];
        }
      }
    }
  }

  private void place(Function function, boolean cold) {
    for (Block block : function.blocks) {
      if (!cold) {
        int[] indexes = new int[block.successors().length];
        Arrays.fill(indexes, -1);
        successors[block.id] = indexes;
      }
      if (isCold(function, block) == cold) {
        indexOf[block.id] = count;
        blocks[count++] = block;
      }
      placeEdges(function, block, cold);
    }
  }

  private static boolean isCold(Function function, Block block) {
    return block.cold && block != function.entry();
  }

  private void placeEdges(Function function, Block block, boolean cold) {
    Edge[] edges = block.successors();
    if (edges.length < 2) {
      return;
    }
    int[] indexes = successors[block.id];
    for (Edge edge : edges) {
      edgesTo[edge.target.id]++;
    }
    for (int i = 0; i < edges.length; i++) {
      Block target = edges[i].target;
      boolean critical = flow.predCount(flow.number(target)) != edgesTo[target.id];
      if (critical && (isCold(function, block) || isCold(function, target)) == cold) {
        if (edgeBlock[target.id] == 0) {
          edgeBlock[target.id] = count;
          targets[count++] = target;
        }
        indexes[i] = edgeBlock[target.id];
      }
    }
    for (Edge edge : edges) {
      edgesTo[edge.target.id] = 0;
      edgeBlock[edge.target.id] = 0;
    }
  }

  int count() {
    return count;
  }

  /** The block at a position, null: a block on an edge. */
  @Nullable Block block(int index) {
    return blocks[index];
  }

  /** The position of a block of the function. */
  int indexOf(Block block) {
    return indexOf[block.id];
  }

  /** Where the block on an edge goes. */
  int edgeTarget(int index) {
    Block target = targets[index];
    if (target == null) {
      throw new IllegalArgumentException("not on an edge: " + index);
    }
    return indexOf[target.id];
  }

  /** Positions of the successors, in the order of the terminator's targets. */
  int[] successors(Block block) {
    return successors[block.id];
  }
}
