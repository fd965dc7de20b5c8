package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import java.util.List;

/**
 * Elimination of unreachable code: drops the blocks that no path from the entry reaches.
 *
 * <p>Requires nothing. Preserves the analyses, which know reachable blocks only. Invalidates
 * nothing.
 */
public final class RemoveUnreachable {
  private RemoveUnreachable() {}

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    List<Block> blocks = analyses.function().blocks;
    if (flow.size() == blocks.size()) {
      return;
    }
    int kept = 0;
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      if (flow.isReachable(block)) {
        blocks.set(kept++, block);
      }
    }
    blocks.subList(kept, blocks.size()).clear();
  }
}
