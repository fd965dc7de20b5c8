package dev.tazza.codegen.opt.edit;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;

/** Edits of parameters together with the arguments that the edges carry. */
public final class BlockParams {
  private BlockParams() {}

  /**
   * Removes those parameters of a block that stand nowhere, and that nobody uses any more.
   *
   * @param number the block's number in {@code flow}
   */
  public static void remove(ControlFlow flow, int number) {
    Block block = flow.block(number);
    int size = block.params.size();
    int kept = 0;
    int[] from = new int[size];
    for (int i = 0; i < size; i++) {
      Inst param = block.params.get(i);
      if (param.block != null) {
        param.imm = kept;
        block.params.set(kept, param);
        from[kept++] = i;
      }
    }
    if (kept == size) {
      return;
    }
    block.params.subList(kept, size).clear();
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Edge edge = flow.predEdge(i);
      Inst[] args = kept == 0 ? Edge.NO_ARGS : new Inst[kept];
      for (int k = 0; k < kept; k++) {
        args[k] = edge.args[from[k]];
      }
      edge.args = args;
    }
  }
}
