package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.Algebra;

/**
 * If-conversion: turns a branch into a {@link Opcode#SELECT} and a jump where both ways do nothing
 * but bring one integer or another to the same block: such a branch is easily guessed wrongly, and
 * a choice takes a cycle.
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
    if (choice >= 0) {
      args[choice] = select(block, end, first.args[choice], second.args[choice]);
    }
    end.op = Opcode.JUMP;
    end.args = Edge.NO_ARGS;
    end.targets = new Edge[] {new Edge(first.target, args)};
    return true;
  }

  /** What {@code edge} goes on by, if nothing but it leads to a block that only jumps. */
  private Edge onward(Edge edge) {
    Block block = edge.target;
    Inst end = block.last;
    boolean passes =
        end != null
            && end == block.first
            && end.op == Opcode.JUMP
            && block.params.isEmpty()
            && flow.predCount(flow.number(block)) == 1;
    return passes && end != null ? end.targets[0] : edge;
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
