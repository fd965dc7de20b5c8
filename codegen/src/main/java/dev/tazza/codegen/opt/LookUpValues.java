package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import dev.tazza.codegen.opt.algebra.TerminatorAlgebra;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Conversion of switches to lookup tables: takes a value from a table where the cases of a switch
 * do nothing but bring one constant or another to the same block: there is no jump to guess, and
 * the table is smaller than one of distances and the code that it leads to. Where they bring
 * nothing, bits tell cases from holes.
 *
 * <p>The default may go anywhere. Cases that go there too, the holes, find a constant in the table
 * that no case brings.
 *
 * <p>Requires nothing. Invalidates the analyses when it changed anything, and leaves no unreachable
 * blocks.
 */
public final class LookUpValues {
  /** With fewer cases, comparing is as good. */
  private static final int FEWEST_CASES = 4;

  private final Function function;
  private final Cursor cursor;

  private LookUpValues(Function function) {
    this.function = function;
    cursor = new Cursor(function);
  }

  public static void run(Analyses analyses) {
    if (new LookUpValues(analyses.function()).run()) {
      analyses.invalidate();
      RemoveUnreachable.run(analyses);
    }
  }

  private boolean run() {
    boolean changed = false;
    int count = function.blocks.size();
    for (int i = 0; i < count; i++) {
      Block block = function.blocks.get(i);
      Inst end = block.last;
      if (end != null && end.op == Opcode.SWITCH && end.targets.length > FEWEST_CASES) {
        Cases cases = Cases.of(end);
        if (cases != null) {
          replace(block, end, cases);
          changed = true;
        }
      }
    }
    return changed;
  }

  /**
   * Where the cases of a switch lead.
   *
   * @param edges for each case, where it arrives; null: a hole
   * @param first the first that is none
   * @param table the only value that differs, by its number among the target's parameters, or -1
   * @param hole the constant for holes in the table
   */
  private record Cases(@Nullable Edge[] edges, Edge first, int table, long hole) {
    static @Nullable Cases of(Inst end) {
      int count = end.targets.length - 1;
      Edge otherwise = end.targets[count];
      Edge first = null;
      Edge[] edges = new Edge[count];
      boolean holes = false;
      for (int i = 0; i < count; i++) {
        Edge edge = end.targets[i];
        if (edge.target == otherwise.target && Arrays.equals(edge.args, otherwise.args)) {
          holes = true;
          continue;
        }
        edges[i] = onward(edge);
        first = first == null ? edges[i] : first;
        if (edges[i].target != first.target) {
          return null;
        }
      }
      if (first == null) {
        return null;
      }
      if (isOneBlock(edges, end)) {
        for (int i = 0; i < count; i++) {
          if (edges[i] != null) {
            edges[i] = end.targets[i];
            first = edges[i];
          }
        }
      }
      Edge last = onward(otherwise);
      if (holes && last.target == first.target && !areEqual(edges, first)) {
        for (int i = 0; i < count; i++) {
          edges[i] = edges[i] == null ? last : edges[i];
        }
        holes = false;
      }
      return of(edges, first, holes);
    }

    /**
     * Whether the cases share a block before they arrive: what is beyond it may use its constants.
     * Where they arrive from several, none of those dominates anything.
     */
    private static boolean isOneBlock(@Nullable Edge[] edges, Inst end) {
      Block only = null;
      for (int i = 0; i < edges.length; i++) {
        Block target = end.targets[i].target;
        if (edges[i] != null && only != null && target != only) {
          return false;
        }
        only = edges[i] == null ? only : target;
      }
      return only != null;
    }

    /** Whether all cases bring the same. */
    private static boolean areEqual(@Nullable Edge[] edges, Edge first) {
      boolean equal = true;
      for (Edge edge : edges) {
        for (int i = 0; edge != null && i < edge.args.length; i++) {
          Inst value = edge.args[i];
          Inst other = first.args[i];
          boolean constants = value.isConst() && other.isConst();
          equal &=
              constants
                  ? value.imm == other.imm && value.immHigh() == other.immHigh()
                  : value == other;
        }
      }
      return equal;
    }

    private static @Nullable Cases of(@Nullable Edge[] edges, Edge first, boolean holes) {
      int table = -1;
      for (int i = 0; i < first.args.length; i++) {
        boolean constants = true;
        boolean same = true;
        boolean equal = true;
        for (Edge edge : edges) {
          Inst value = edge == null ? first.args[i] : edge.args[i];
          same &= value == first.args[i];
          constants &= value.isConst() && !value.type.isVector();
          equal &= value.imm == first.args[i].imm;
        }
        if (!same && (!constants || !equal && table >= 0)) {
          return null;
        }
        table = constants && !equal ? i : table;
      }
      if (table < 0) {
        return holes && edges.length <= Long.SIZE ? new Cases(edges, first, -1, 0) : null;
      }
      Type type = first.args[table].type;
      long hole = 0;
      for (Edge edge : edges) {
        hole = edge == null ? hole : Math.max(hole, edge.args[table].imm + 1);
      }
      boolean representable = type == Type.I32 && hole == (int) hole;
      return holes && !representable ? null : new Cases(edges, first, table, hole);
    }

    /**
     * What {@code edge} goes on by, if it leads to a block that only makes constants, tells
     * debuggers of them, takes fuel and jumps.
     */
    private static Edge onward(Edge edge) {
      Inst end = PassedBlock.end(edge.target, true);
      return end == null ? edge : end.targets[0];
    }

    /** What the blocks that are passed by take, by case; holes take nothing. */
    long[] charges(Inst end) {
      long[] charges = new long[edges.length];
      for (int i = 0; i < edges.length; i++) {
        Edge edge = edges[i];
        Block passed = end.targets[i].target;
        boolean goesOn = edge != null && edge != end.targets[i];
        boolean passes = goesOn && PassedBlock.end(passed, true) != null;
        charges[i] = passes ? PassedBlock.charge(passed) : 0;
      }
      return charges;
    }

    boolean hasHoles() {
      for (Edge edge : edges) {
        if (edge == null) {
          return true;
        }
      }
      return false;
    }
  }

  private void replace(Block block, Inst end, Cases cases) {
    int count = cases.edges.length;
    Inst index = end.args[0];
    Edge otherwise = end.targets[count];
    long[] charges = cases.charges(end);
    cursor.before(end);
    Inst bound = cursor.iconst(Type.I32, count);
    end.args = new Inst[] {Algebra.make(cursor, Opcode.ICMP_LT_U, Type.I32, index, bound)};
    end.op = Opcode.BRANCH;

    Block inside = function.newBlock();
    inside.cold = block.cold;
    cursor.atEnd(inside);
    end.targets = new Edge[] {new Edge(inside), otherwise};
    Inst value = cases.table < 0 ? null : lookUp(index, cases);
    Inst[] args = cases.first.args.clone();
    for (int i = 0; i < args.length; i++) {
      if (i == cases.table && value != null) {
        args[i] = value;
      } else if (args[i].isConst()) {
        args[i] = copy(args[i]);
      }
    }
    charge(index, charges);
    Edge found = new Edge(cases.first.target, args);
    if (cases.hasHoles()) {
      Inst isCase =
          value == null
              ? bit(index, cases.edges)
              : Algebra.make(cursor, Opcode.ICMP_NE, Type.I32, value, hole(value, cases));
      Edge missed = new Edge(otherwise.target, otherwise.args.clone());
      cursor.insert(Opcode.BRANCH, Type.NONE, isCase).targets = new Edge[] {found, missed};
    } else {
      cursor.insert(Opcode.JUMP, Type.NONE).targets = new Edge[] {found};
    }
    TerminatorAlgebra.simplify(end);
  }

  private Inst lookUp(Inst index, Cases cases) {
    Inst example = cases.first.args[cases.table];
    Inst[] args = new Inst[cases.edges.length + 1];
    args[0] = index;
    for (int i = 0; i < cases.edges.length; i++) {
      Edge edge = cases.edges[i];
      args[i + 1] = edge == null ? hole(example, cases) : copy(edge.args[cases.table]);
    }
    return cursor.insert(Opcode.LOOK_UP, example.type, args);
  }

  /** Takes what the case for {@code index} took. */
  private void charge(Inst index, long[] charges) {
    boolean same = true;
    boolean negative = false; // where more was taken before than the case takes
    for (long charge : charges) {
      same &= charge == charges[0];
      negative |= charge < 0;
    }
    Inst more = null;
    if (!same) {
      Inst[] args = new Inst[charges.length + 1];
      args[0] = index;
      for (int i = 0; i < charges.length; i++) {
        args[i + 1] = cursor.iconst(Type.I32, charges[i]);
      }
      Inst charge = cursor.insert(Opcode.LOOK_UP, Type.I32, args);
      more = cursor.insert(negative ? Opcode.SEXTEND : Opcode.UEXTEND, Type.I64, charge);
    }
    PassedBlock.insertCharge(cursor, same ? (int) charges[0] : 0, more);
  }

  private Inst hole(Inst example, Cases cases) {
    return cursor.iconst(example.type, cases.hole);
  }

  private Inst copy(Inst constant) {
    return cursor.insert(function.newCopy(constant));
  }

  /** Not zero if there is a case for {@code index}. */
  private Inst bit(Inst index, @Nullable Edge[] edges) {
    long mask = 0;
    for (int i = 0; i < edges.length; i++) {
      mask |= edges[i] == null ? 0 : 1L << i;
    }
    boolean wide = edges.length > Integer.SIZE;
    Inst bits = cursor.iconst(wide ? Type.I64 : Type.I32, mask);
    Inst count = wide ? Algebra.make(cursor, Opcode.UEXTEND, Type.I64, index) : index;
    Inst shifted = Algebra.make(cursor, Opcode.SHR_U, bits.type, bits, count);
    Inst bit = Algebra.make(cursor, Opcode.AND, shifted, 1);
    return wide
        ? Algebra.make(cursor, Opcode.ICMP_NE, Type.I32, bit, cursor.iconst(Type.I64, 0))
        : bit;
  }
}
