package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import org.jspecify.annotations.Nullable;

/**
 * Replacement of loop tests (linear function test replacement): lets the branch at the end of a
 * loop look at the value that goes into the next iteration instead of the one before: {@code x ==
 * c} becomes {@code x + d == c + d} where {@code x + d} is the next {@code x}. Both need not be
 * kept then, and the increment can happen in place.
 *
 * <p>Requires nothing. Preserves all analyses. Invalidates nothing; leaves comparisons that may be
 * dead.
 */
public final class CompareNextValues {
  private CompareNextValues() {}

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    Cursor cursor = new Cursor(analyses.function());
    for (int i = 0; i < flow.size(); i++) {
      Inst end = flow.block(i).last;
      if (end != null && end.op == Opcode.BRANCH) {
        rewrite(flow, i, end, cursor);
      }
    }
  }

  private static void rewrite(ControlFlow flow, int number, Inst end, Cursor cursor) {
    Inst condition = end.args[0];
    boolean equality = condition.op == Opcode.ICMP_EQ || condition.op == Opcode.ICMP_NE;
    if (equality && condition.args[1].op != Opcode.ICONST) {
      return;
    }
    Inst tested = equality ? condition.args[0] : condition;
    long constant = equality ? condition.args[1].imm : 0;
    Inst next = nextValue(flow, number, end, tested);
    if (next == null) {
      return;
    }
    cursor.before(end);
    Inst limit = cursor.iconst(next.type, constant + Algebra.constant(next));
    // Not by way of the algebra, which has it the other way around.
    Opcode op = equality ? condition.op : Opcode.ICMP_NE;
    end.args = new Inst[] {cursor.insert(op, Type.I32, next, limit)};
  }

  /**
   * {@code tested} plus a constant, if that is what a retreating edge of {@code end} passes for it.
   */
  private static @Nullable Inst nextValue(ControlFlow flow, int number, Inst end, Inst tested) {
    if (tested.op != Opcode.PARAM) {
      return null;
    }
    for (Edge edge : end.targets) {
      if (edge.target == tested.block && flow.number(edge.target) <= number) {
        Inst next = edge.args[(int) tested.imm];
        boolean increment = Algebra.hasConstant(next, Opcode.ADD) && next.args[0] == tested;
        return increment ? next : null;
      }
    }
    return null;
  }
}
