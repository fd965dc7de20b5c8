package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;

/**
 * Block placement: puts the blocks into the order in which their code will stand: reverse post
 * order, but each loop in one piece and what rarely runs last. When a loop tests first and jumps
 * back from its end, the test moves to the end, where it is the jump back as well. What only moves
 * values on the way back stands in front; what only moves values for several ways to the same block
 * stands before that.
 *
 * <p>Requires nothing. Preserves the analyses. Invalidates nothing.
 */
public final class LayOutBlocks {
  private final Function function;
  private final ControlFlow flow;
  private final LoopForest loops;
  private final boolean[] cold;

  /**
   * Lists of the items in each loop, and in the function outside of loops (the last list). An item
   * is a block number, or the number of blocks plus a loop.
   */
  private final int[] firstItem;

  private final int[] lastItem;
  private final int[] nextItem;

  private LayOutBlocks(Analyses analyses) {
    function = analyses.function();
    flow = analyses.controlFlow();
    loops = analyses.loops();
    cold = new boolean[flow.size()];
    firstItem = new int[loops.count() + 1];
    lastItem = new int[loops.count() + 1];
    nextItem = new int[flow.size() + loops.count()];
    Arrays.fill(firstItem, -1);
    Arrays.fill(nextItem, -1);
  }

  public static void run(Analyses analyses) {
    new LayOutBlocks(analyses).run();
  }

  private void run() {
    findCold();
    listItems();
    for (int loop = 0; loop < loops.count(); loop++) {
      rotate(loop);
    }
    function.blocks.clear();
    flatten();
    for (int i = 0; i < flow.size(); i++) {
      if (cold[i]) {
        function.blocks.add(flow.block(i));
      }
    }
  }

  /**
   * Cold is what is marked, what leads only there, and what is reached only from there; never the
   * entry.
   */
  private void findCold() {
    for (int i = flow.size() - 1; i > 0; i--) {
      Block block = flow.block(i);
      Edge[] edges = block.successors();
      boolean allCold = edges.length > 0;
      for (Edge edge : edges) {
        int target = flow.number(edge.target);
        allCold &= target > i && cold[target];
      }
      cold[i] = block.cold || allCold;
    }
    for (int i = 1; i < flow.size(); i++) {
      boolean allCold = true;
      for (int k = flow.predStart(i); k < flow.predEnd(i); k++) {
        allCold &= flow.pred(k) < i && cold[flow.pred(k)];
      }
      cold[i] |= allCold;
      flow.block(i).cold = cold[i];
    }
  }

  private void listItems() {
    // By block number: the last of the blocks that are to stand before it, and so on from that.
    int[] before = new int[flow.size()];
    Arrays.fill(before, -1);
    for (int i = 0; i < flow.size(); i++) {
      int loop = loops.loopOf(i);
      if (loop >= 0 && loops.header(loop) == i) {
        append(loops.parent(loop), flow.size() + loop);
      }
      int target = cold[i] || before[i] >= 0 ? -1 : commonTarget(i);
      if (target >= 0) {
        before[i] = before[target];
        before[target] = i;
      } else if (!cold[i]) {
        for (int k = before[i]; k >= 0; k = before[k]) {
          append(loop, k);
        }
        append(loop, i);
      }
    }
  }

  /** Where a block leads that nothing but several ways to the same place have in common, or -1. */
  private int commonTarget(int number) {
    Inst end = flow.block(number).first;
    while (end != null && end.isConst()) {
      end = end.next;
    }
    if (end == null || end.op != Opcode.JUMP || flow.predCount(number) < 2) {
      return -1;
    }
    int target = flow.number(end.targets[0].target);
    boolean follows = target > number && !cold[target];
    return follows && loops.loopOf(target) == loops.loopOf(number) ? target : -1;
  }

  private void append(int loop, int item) {
    int list = loop < 0 ? loops.count() : loop;
    if (firstItem[list] < 0) {
      firstItem[list] = item;
    } else {
      nextItem[lastItem[list]] = item;
    }
    lastItem[list] = item;
  }

  private void rotate(int loop) {
    int header = loops.header(loop);
    int last = lastItem[loop];
    if (cold[header] || last == header || last >= flow.size()) {
      return;
    }
    if (isWayBackFromTest(loop, last)) {
      putFirst(loop, last);
      return;
    }
    Inst end = flow.block(last).last;
    Inst test = flow.block(header).last;
    boolean jumpsBack =
        end != null && end.op == Opcode.JUMP && end.targets[0].target == flow.block(header);
    if (!jumpsBack || test == null || test.op != Opcode.BRANCH || !leaves(loop, test)) {
      return;
    }
    firstItem[loop] = nextItem[header];
    nextItem[last] = header;
    nextItem[header] = -1;
    lastItem[loop] = header;
  }

  /**
   * Whether a block does nothing but jump, and is one way from a test of which the other leaves.
   */
  private boolean isWayBackFromTest(int loop, int number) {
    Block block = flow.block(number);
    if (block.first != block.last || flow.predCount(number) != 1) {
      return false;
    }
    int from = flow.pred(flow.predStart(number));
    Inst test = flow.block(from).last;
    return nextItem[from] == number
        && test != null
        && test.op == Opcode.BRANCH
        && leaves(loop, test);
  }

  private void putFirst(int loop, int last) {
    int before = flow.pred(flow.predStart(last));
    nextItem[before] = -1;
    lastItem[loop] = before;
    nextItem[last] = firstItem[loop];
    firstItem[loop] = last;
  }

  private boolean leaves(int loop, Inst end) {
    for (Edge edge : end.targets) {
      if (!loops.contains(loop, flow.number(edge.target))) {
        return true;
      }
    }
    return false;
  }

  private void flatten() {
    int[] stack = new int[loops.count() + 1];
    int depth = 0;
    stack[0] = firstItem[loops.count()];
    while (depth >= 0) {
      int item = stack[depth];
      if (item < 0) {
        depth--;
      } else {
        stack[depth] = nextItem[item];
        if (item < flow.size()) {
          function.blocks.add(flow.block(item));
        } else {
          stack[++depth] = firstItem[item - flow.size()];
        }
      }
    }
  }
}
