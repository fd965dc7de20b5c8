package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;

/**
 * Removes instructions and block parameters that no effect depends on. Cycles of parameters that
 * only feed each other go as well, for everything counts as dead until it is reached from an
 * effect.
 *
 * <p>Requires nothing. Preserves all analyses. Invalidates nothing.
 */
public final class EliminateDeadCode {
  private final Analyses analyses;
  private final ControlFlow flow;
  private final boolean[] live;
  private Inst[] work = new Inst[64];
  private int size;

  private EliminateDeadCode(Analyses analyses) {
    this.analyses = analyses;
    flow = analyses.controlFlow();
    live = new boolean[analyses.function().instCount()];
  }

  public static void run(Analyses analyses) {
    EliminateDeadCode pass = new EliminateDeadCode(analyses);
    pass.mark();
    pass.sweep();
  }

  private void mark() {
    for (Inst param : analyses.function().entry().params) {
      live[param.id] = true;
    }
    for (int i = 0; i < flow.size(); i++) {
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        if (inst.hasEffect()) {
          mark(inst);
        }
      }
    }
    while (size > 0) {
      Inst inst = work[--size];
      if (inst.op == Opcode.PARAM) {
        markIncoming(inst);
      }
      for (Inst arg : inst.args) {
        mark(arg);
      }
    }
  }

  private void mark(Inst inst) {
    if (!live[inst.id]) {
      live[inst.id] = true;
      if (size == work.length) {
        work = Arrays.copyOf(work, size * 2);
      }
      work[size++] = inst;
    }
  }

  private void markIncoming(Inst param) {
    Block block = param.block;
    if (block == null) {
      return;
    }
    int number = flow.number(block);
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Edge edge = flow.predEdge(i);
      mark(edge.args[(int) param.imm]);
    }
  }

  private void sweep() {
    boolean[] dead = new boolean[live.length];
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      boolean any = false;
      for (Inst param : block.params) {
        dead[param.id] = !live[param.id];
        any |= dead[param.id];
      }
      if (any) {
        BlockParams.remove(flow, i, dead);
      }
      Inst next;
      for (Inst inst = block.first; inst != null; inst = next) {
        next = inst.next;
        if (!live[inst.id]) {
          block.remove(inst);
        }
      }
    }
  }
}
