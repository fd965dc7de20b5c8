package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;

/**
 * Gives each loop a block that all ways into the loop go through and that goes nowhere else.
 *
 * <p>Requires nothing. Preserves everything but the analyses, which it invalidates when a block was
 * missing.
 */
public final class InsertPreheaders {
  private final Function function;
  private final ControlFlow flow;
  private final DominatorTree dominators;

  private InsertPreheaders(Analyses analyses) {
    function = analyses.function();
    flow = analyses.controlFlow();
    dominators = analyses.dominators();
  }

  public static void run(Analyses analyses) {
    LoopForest loops = analyses.loops();
    InsertPreheaders pass = new InsertPreheaders(analyses);
    boolean inserted = false;
    for (int loop = 0; loop < loops.count(); loop++) {
      inserted |= pass.insert(loops.header(loop));
    }
    if (inserted) {
      analyses.invalidate();
    }
  }

  /** The number of the preheader of the loop with that header, or -1. */
  static int find(ControlFlow flow, DominatorTree dominators, int header) {
    int found = -1;
    for (int i = flow.predStart(header); i < flow.predEnd(header); i++) {
      int pred = flow.pred(i);
      if (!dominators.dominates(header, pred)) {
        if (found >= 0) {
          return -1;
        }
        found = pred;
      }
    }
    Inst end = found < 0 ? null : flow.block(found).last;
    return end != null && end.op == Opcode.JUMP ? found : -1;
  }

  private boolean insert(int header) {
    if (find(flow, dominators, header) >= 0) {
      return false;
    }
    Block target = flow.block(header);
    Block preheader = function.newBlock();
    Inst[] args = target.params.isEmpty() ? Edge.NO_ARGS : new Inst[target.params.size()];
    for (int i = 0; i < args.length; i++) {
      args[i] = preheader.addParam(target.params.get(i).type);
    }
    for (int i = flow.predStart(header); i < flow.predEnd(header); i++) {
      if (!dominators.dominates(header, flow.pred(i))) {
        flow.predEdge(i).target = preheader;
      }
    }
    preheader.jump(new Edge(target, args), -1);
    return true;
  }
}
