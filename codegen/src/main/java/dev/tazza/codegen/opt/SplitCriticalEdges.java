package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a block on each edge that leaves a block with several successors, or by a switch, and
 * carries arguments or goes to a block with several predecessors: the register allocator has a
 * place for moves then.
 *
 * <p>Requires that all blocks are reachable. Preserves the order of the blocks: a new one stands
 * right after the block it comes from, or at the end when it is cold. Edges that are alike share
 * their block, except for those from several places back to a loop's start, of which each may
 * become the end of the loop. Invalidates the analyses.
 */
public final class SplitCriticalEdges {
  private final Analyses analyses;
  private final Function function;
  private final ControlFlow flow;
  private final List<Block> order = new ArrayList<>();
  private final List<Block> atEnd = new ArrayList<>();

  /** By target block: what the last edge that was split on its way there became. */
  private final @Nullable Edge[] splitEdge;

  /** By target block: the block that this edge came from. */
  private final @Nullable Block[] splitFrom;

  private SplitCriticalEdges(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
    flow = analyses.controlFlow();
    splitEdge = new Edge[function.blockCount()];
    splitFrom = new Block[function.blockCount()];
  }

  public static void run(Analyses analyses) {
    new SplitCriticalEdges(analyses).run();
  }

  private void run() {
    int count = function.blocks.size();
    for (int i = 0; i < count; i++) {
      Block block = function.blocks.get(i);
      order.add(block);
      Edge[] edges = block.successors();
      // A switch of one target uses its operand where a jump has room for moves.
      if (edges.length > 1 || block.last != null && block.last.op == Opcode.SWITCH) {
        for (Edge edge : edges) {
          if (isCritical(edge)) {
            split(block, edge);
          }
        }
      }
    }
    order.addAll(atEnd);
    if (order.size() > count) {
      function.blocks.clear();
      function.blocks.addAll(order);
      analyses.invalidate();
    }
  }

  private boolean isCritical(Edge edge) {
    return edge.args.length > 0 || flow.predCount(flow.number(edge.target)) > 1;
  }

  private void split(Block from, Edge edge) {
    Block target = edge.target;
    boolean cold = from.cold || target.cold;
    Edge twin = splitEdge[target.id];
    boolean shares = splitFrom[target.id] == from || flow.number(target) > flow.number(from);
    // Only its own call leads to where that may come back.
    shares &= from.last == null || !from.last.op.isTryCall();
    if (shares && twin != null && twin.target.cold == cold && Arrays.equals(twin.args, edge.args)) {
      edge.target = twin.target;
      edge.args = Edge.NO_ARGS;
      return;
    }
    Block middle = function.newBlock();
    middle.cold = cold;
    (cold ? atEnd : order).add(middle);
    Inst end = from.last;
    middle.jump(new Edge(target, edge.args), end == null ? -1 : end.loc);
    splitEdge[target.id] = new Edge(middle, edge.args);
    splitFrom[target.id] = from;
    edge.target = middle;
    edge.args = Edge.NO_ARGS;
  }
}
