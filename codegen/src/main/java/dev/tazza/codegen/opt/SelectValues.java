package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;

/**
 * Turns a branch into a {@link Opcode#SELECT} and a jump where both ways do nothing but bring one
 * integer or another to the same block: such a branch is easily guessed wrongly, and a choice takes
 * a cycle. What fuel each way takes becomes a choice as well.
 *
 * <p>Requires that all blocks are reachable. Not on the way back to the start of a loop, where a
 * wrong guess is rare and a round would have to wait for the choice. Invalidates the analyses when
 * it changed anything, and leaves no unreachable blocks.
 */
public final class SelectValues {
  private final Analyses analyses;
  private final Function function;
  private final ControlFlow flow;
  private final Cursor cursor;

  private SelectValues(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
    flow = analyses.controlFlow();
    cursor = new Cursor(function);
  }

  public static void run(Analyses analyses) {
    new SelectValues(analyses).run();
  }

  private void run() {
    boolean changed = false;
    for (Block block : function.blocks) {
      Inst end = block.last;
      changed |= end != null && end.op == Opcode.BRANCH && select(block, end);
    }
    if (changed) {
      analyses.invalidate();
      RemoveUnreachable.run(analyses);
    }
  }

  private boolean select(Block block, Inst end) {
    Edge first = onward(end.targets[0]);
    Edge second = onward(end.targets[1]);
    if (first.target != second.target || flow.number(first.target) <= flow.number(block)) {
      return false;
    }
    int choice = -1;
    for (int i = 0; i < first.args.length; i++) {
      if (first.args[i] != second.args[i]) {
        if (choice >= 0 || !first.args[i].type.isInt()) {
          return false;
        }
        choice = i;
      }
    }
    Inst[] args = first.args.clone();
    charge(end, charge(end.targets[0], first), charge(end.targets[1], second));
    if (choice >= 0) {
      args[choice] = select(block, end, first.args[choice], second.args[choice]);
    }
    end.op = Opcode.JUMP;
    end.args = Edge.NO_ARGS;
    end.targets = new Edge[] {new Edge(first.target, args)};
    return true;
  }

  /**
   * What {@code edge} goes on by, if nothing but it leads to a block that only jumps, and takes
   * fuel perhaps.
   */
  private Edge onward(Edge edge) {
    Inst end = PassedBlock.end(edge.target, false);
    return end != null && flow.predCount(flow.number(edge.target)) == 1 ? end.targets[0] : edge;
  }

  /** What the block that is passed by takes. */
  private static int charge(Edge edge, Edge onward) {
    return onward == edge ? 0 : PassedBlock.charge(edge.target);
  }

  /** Takes what one way took or the other. */
  private void charge(Inst end, int yes, int no) {
    cursor.before(end);
    Inst more = null;
    if (yes != no) {
      Inst difference = cursor.iconst(Type.I64, (long) yes - no);
      Inst nothing = cursor.iconst(Type.I64, 0);
      more = cursor.insert(Opcode.SELECT, Type.I64, end.args[0], difference, nothing);
    }
    PassedBlock.insertCharge(cursor, no, more);
  }

  private Inst select(Block block, Inst end, Inst yes, Inst no) {
    Inst select = function.newInst(Opcode.SELECT, yes.type, end.args[0], yes, no);
    select.loc = end.loc;
    block.insertBefore(end, select);
    cursor.before(select);
    Inst folded = Algebra.INSTANCE.fold(select, cursor);
    if (folded != select) {
      block.remove(select);
    }
    return folded;
  }
}
