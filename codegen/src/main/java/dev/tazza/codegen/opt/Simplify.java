package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.Algebra;
import dev.tazza.codegen.opt.algebra.TerminatorAlgebra;
import dev.tazza.codegen.opt.edit.Replacements;

/**
 * Applies {@link Algebra} to each instruction once, operands first.
 *
 * <p>Requires nothing. Preserves the analyses unless a branch turns out to be decided. Invalidates
 * all of them then, and removes what cannot be reached any more.
 */
public final class Simplify {
  private final Analyses analyses;
  private final Replacements replacements;
  private final Cursor cursor;
  private boolean edgesChanged;

  private Simplify(Analyses analyses) {
    this.analyses = analyses;
    replacements = new Replacements(analyses.function());
    cursor = new Cursor(analyses.function());
  }

  public static void run(Analyses analyses) {
    new Simplify(analyses).run();
  }

  private void run() {
    ControlFlow flow = analyses.controlFlow();
    for (int i = 0; i < flow.size(); i++) {
      block(flow.block(i));
    }
    if (edgesChanged) {
      analyses.invalidate();
      RemoveUnreachable.run(analyses);
    }
  }

  private void block(Block block) {
    Inst next;
    for (Inst inst = block.first; inst != null; inst = next) {
      next = inst.next;
      replacements.resolveArgs(inst);
      if (inst.op == Opcode.TRAP_IF || inst.op == Opcode.TRAP_UNLESS) {
        if (check(block, inst)) {
          return;
        }
      } else if (inst.op.isTerminator()) {
        replacements.resolveEdges(inst);
        edgesChanged |= TerminatorAlgebra.simplify(inst);
      } else {
        cursor.before(inst);
        Inst folded = Algebra.INSTANCE.fold(inst, cursor);
        if (folded != inst) {
          replacements.replace(inst, folded);
          block.remove(inst);
        }
      }
    }
  }

  /** Returns true when the block ends here now. */
  private boolean check(Block block, Inst inst) {
    switch (TerminatorAlgebra.check(inst)) {
      case NEVER -> block.remove(inst);
      case ALWAYS -> {
        TerminatorAlgebra.trapAt(block, inst);
        edgesChanged = true;
        return true;
      }
      case UNKNOWN -> {}
    }
    return false;
  }
}
