package dev.tazza.codegen.opt.algebra;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;

/** Rules for branches and checks, which may take edges away. */
public final class TerminatorAlgebra {
  private TerminatorAlgebra() {}

  /** Whether a check traps. */
  public enum Outcome {
    UNKNOWN,
    NEVER,
    ALWAYS
  }

  /** Simplifies a TRAP_IF or TRAP_UNLESS in place. */
  public static Outcome check(Inst check) {
    // trap_if x == 0 => trap_unless x, and so on
    Inst condition = check.args[0];
    Inst tested = SelectAlgebra.tested(condition);
    while (tested != condition) {
      if (SelectAlgebra.isInverted(condition)) {
        check.op = check.op == Opcode.TRAP_IF ? Opcode.TRAP_UNLESS : Opcode.TRAP_IF;
      }
      check.args = new Inst[] {tested};
      condition = tested;
      tested = SelectAlgebra.tested(condition);
    }
    if (condition.op != Opcode.ICONST) {
      return Outcome.UNKNOWN;
    }
    return condition.imm != 0 == (check.op == Opcode.TRAP_IF) ? Outcome.ALWAYS : Outcome.NEVER;
  }

  /** Simplifies a terminator in place; tells whether an edge is gone. */
  public static boolean simplify(Inst end) {
    return switch (end.op) {
      case BRANCH -> branch(end);
      case SWITCH -> switchOn(end);
      default -> false;
    };
  }

  private static boolean branch(Inst end) {
    // branch x == 0, a, b => branch x, b, a; branch x != 0, a, b => branch x, a, b
    Inst condition = end.args[0];
    Inst tested = SelectAlgebra.tested(condition);
    while (tested != condition) {
      if (SelectAlgebra.isInverted(condition)) {
        end.targets = new Edge[] {end.targets[1], end.targets[0]};
      }
      end.args = new Inst[] {tested};
      condition = tested;
      tested = SelectAlgebra.tested(condition);
    }
    // branch constant, a, b => jump a or b
    if (condition.op == Opcode.ICONST) {
      return jump(end, end.targets[condition.imm != 0 ? 0 : 1]);
    }
    // branch c, a, a => jump a
    Edge first = end.targets[0];
    Edge second = end.targets[1];
    boolean same = first.target == second.target && Arrays.equals(first.args, second.args);
    return same && jump(end, first);
  }

  private static boolean switchOn(Inst end) {
    Inst index = end.args[0];
    int last = end.targets.length - 1;
    // switch constant, … => jump
    if (index.op == Opcode.ICONST) {
      return jump(end, end.targets[(int) Math.min(index.imm & 0xffff_ffffL, last)]);
    }
    // switch x, a, …, a => jump a
    int distinct = last;
    while (distinct > 0 && isSame(end.targets[distinct - 1], end.targets[last])) {
      distinct--;
    }
    if (distinct == 0) {
      return jump(end, end.targets[last]);
    }
    // switch x, a, b, …, b => branch x, b, a
    if (distinct == 1) {
      end.op = Opcode.BRANCH;
      end.targets = new Edge[] {end.targets[last], end.targets[0]};
      return last > 1;
    }
    // switch x, …, b, …, b => without the repetitions of the default
    if (distinct < last) {
      end.targets = Arrays.copyOf(end.targets, distinct + 1);
      return true;
    }
    return false;
  }

  private static boolean isSame(Edge a, Edge b) {
    return a.target == b.target && Arrays.equals(a.args, b.args);
  }

  private static boolean jump(Inst end, Edge edge) {
    end.op = Opcode.JUMP;
    end.args = new Inst[0];
    end.targets = new Edge[] {edge};
    return true;
  }

  /** Ends {@code block} at {@code check}, which always traps. */
  public static void trapAt(Block block, Inst check) {
    Inst last = block.last;
    while (last != check && last != null) {
      Inst previous = last.prev;
      block.remove(last);
      last = previous;
    }
    check.op = Opcode.TRAP;
    check.args = new Inst[0];
    block.cold = block.cold || block != block.function.entry();
  }
}
