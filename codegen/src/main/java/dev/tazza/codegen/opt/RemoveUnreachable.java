package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.ControlFlow;

/**
 * Drops the blocks that no path from the entry reaches.
 *
 * <p>Requires nothing. Preserves the analyses, which know reachable blocks only. Invalidates
 * nothing.
 */
public final class RemoveUnreachable {
  private RemoveUnreachable() {}

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    if (flow.size() < analyses.function().blocks.size()) {
      analyses.function().blocks.removeIf(block -> !flow.isReachable(block));
    }
  }
}
