package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.edit.BlockParams;
import java.util.Arrays;
import java.util.List;

/**
 * Aggressive dead code elimination: removes instructions and block parameters that no effect
 * depends on. Cycles of parameters that only feed each other go as well, for everything counts as
 * dead until it is reached from an effect.
 *
 * <p>One walk from the end to the start comes to each use before what it uses, but for what goes
 * back to the start of a loop: that is followed when the loop's parameters turn out to be live.
 *
 * <p>Requires nothing. Preserves all analyses. Invalidates nothing.
 */
public final class EliminateDeadCode {
  private final Block entry;
  private final ControlFlow flow;
  private final boolean[] live;
  private final boolean hasLabels;

  /** Live ones whose operands are not known to be. */
  private Inst[] work = new Inst[16];

  private int size;

  /** What was not live when the walk came to it. */
  private Inst[] unused = new Inst[64];

  private int unusedCount;

  private EliminateDeadCode(Analyses analyses) {
    entry = analyses.function().entry();
    flow = analyses.controlFlow();
    live = new boolean[analyses.function().instCount()];
    hasLabels = analyses.function().labels != null;
  }

  public static void run(Analyses analyses) {
    new EliminateDeadCode(analyses).run();
  }

  private void run() {
    boolean[] hasUnusedParams = new boolean[flow.size()];
    for (int i = flow.size() - 1; i >= 0; i--) {
      walk(flow.block(i));
      hasUnusedParams[i] = i > 0 && markIncoming(i);
      drain();
    }
    if (hasLabels) {
      forgetUnused();
    }
    for (int i = 0; i < unusedCount; i++) {
      Block block = unused[i].block;
      if (!live[unused[i].id] && block != null) {
        block.remove(unused[i]);
      }
    }
    for (int i = 1; i < hasUnusedParams.length; i++) {
      if (hasUnusedParams[i]) {
        removeParams(i);
      }
    }
  }

  /** What is only told to debuggers is not kept for them. */
  private void forgetUnused() {
    for (int i = 0; i < flow.size(); i++) {
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        if (inst.op == Opcode.LABEL && inst.args.length > 0 && !mayTell(inst.args[0])) {
          inst.args = new Inst[0];
        }
      }
    }
  }

  /** Whether it is there in any case, or takes no code: then it stays. */
  private boolean mayTell(Inst value) {
    boolean isSum =
        value.op == Opcode.ADD && live[value.args[0].id] && value.args[1].op == Opcode.ICONST;
    if (isSum) {
      live[value.args[1].id] = true;
    }
    live[value.id] |= isSum || value.isConst();
    return live[value.id];
  }

  /** Marks what the block's instructions need. */
  private void walk(Block block) {
    for (Inst inst = block.last; inst != null; inst = inst.prev) {
      if (inst.op == Opcode.LABEL) {
        live[inst.id] = true; // but not its operand
      } else if (live[inst.id] || inst.hasEffect()) {
        live[inst.id] = true;
        for (Inst arg : inst.args) {
          live[arg.id] = true;
        }
      } else {
        if (unusedCount == unused.length) {
          unused = Arrays.copyOf(unused, unusedCount * 2);
        }
        unused[unusedCount++] = inst;
      }
    }
  }

  /** Marks what comes in for a block's live parameters; tells whether there are others. */
  private boolean markIncoming(int number) {
    boolean unusedParams = false;
    List<Inst> params = flow.block(number).params;
    for (int k = 0; k < params.size(); k++) {
      if (live[params.get(k).id]) {
        markIncoming(number, k);
      } else {
        unusedParams = true;
      }
    }
    return unusedParams;
  }

  private void markIncoming(int number, int param) {
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Inst arg = flow.predEdge(i).args[param];
      if (flow.pred(i) >= number) {
        // The walk may have passed it by.
        mark(arg);
      } else {
        live[arg.id] = true;
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

  private void drain() {
    while (size > 0) {
      Inst inst = work[--size];
      Block block = inst.block;
      if (inst.op == Opcode.PARAM && block != null && block != entry) {
        int number = flow.number(block);
        for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
          mark(flow.predEdge(i).args[(int) inst.imm]);
        }
      }
      for (Inst arg : inst.args) {
        mark(arg);
      }
    }
  }

  private void removeParams(int number) {
    for (Inst param : flow.block(number).params) {
      if (!live[param.id]) {
        param.block = null;
      }
    }
    BlockParams.remove(flow, number);
  }
}
