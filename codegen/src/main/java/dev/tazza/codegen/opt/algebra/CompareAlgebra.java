package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.edit;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Rules for integer comparisons. */
public final class CompareAlgebra {

  private CompareAlgebra() {}

  /**
   * Whether there is an operation that is true just when {@code op} is false. Ordered float
   * comparisons have none.
   */
  public static boolean canInvert(Opcode op) {
    return op.isIntCompare() || op == Opcode.FCMP_EQ || op == Opcode.FCMP_NE;
  }

  /** The comparison that is true just when {@code op} is false. */
  public static Opcode inverse(Opcode op) {
    return switch (op) {
      case ICMP_EQ -> Opcode.ICMP_NE;
      case ICMP_NE -> Opcode.ICMP_EQ;
      case ICMP_LT_S -> Opcode.ICMP_GE_S;
      case ICMP_LT_U -> Opcode.ICMP_GE_U;
      case ICMP_GT_S -> Opcode.ICMP_LE_S;
      case ICMP_GT_U -> Opcode.ICMP_LE_U;
      case ICMP_LE_S -> Opcode.ICMP_GT_S;
      case ICMP_LE_U -> Opcode.ICMP_GT_U;
      case ICMP_GE_S -> Opcode.ICMP_LT_S;
      case ICMP_GE_U -> Opcode.ICMP_LT_U;
      case FCMP_EQ -> Opcode.FCMP_NE;
      case FCMP_NE -> Opcode.FCMP_EQ;
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  /** The comparison that gives the same with the operands swapped. */
  public static Opcode swapped(Opcode op) {
    return switch (op) {
      case ICMP_LT_S -> Opcode.ICMP_GT_S;
      case ICMP_LT_U -> Opcode.ICMP_GT_U;
      case ICMP_GT_S -> Opcode.ICMP_LT_S;
      case ICMP_GT_U -> Opcode.ICMP_LT_U;
      case ICMP_LE_S -> Opcode.ICMP_GE_S;
      case ICMP_LE_U -> Opcode.ICMP_GE_U;
      case ICMP_GE_S -> Opcode.ICMP_LE_S;
      case ICMP_GE_U -> Opcode.ICMP_LE_U;
      default -> op;
    };
  }

  public static boolean isUnsigned(Opcode op) {
    return op == Opcode.ICMP_LT_U
        || op == Opcode.ICMP_GT_U
        || op == Opcode.ICMP_LE_U
        || op == Opcode.ICMP_GE_U;
  }

  private static boolean isEquality(Opcode op) {
    return op == Opcode.ICMP_EQ || op == Opcode.ICMP_NE;
  }

  static @Nullable Inst compare(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    // c < x => x > c
    if (x.op == Opcode.ICONST) {
      return edit(inst, swapped(inst.op), y, x);
    }
    // x < x => 0, x <= x => 1
    if (x == y) {
      boolean reflexive =
          switch (inst.op) {
            case ICMP_EQ, ICMP_LE_S, ICMP_LE_U, ICMP_GE_S, ICMP_GE_U -> true;
            default -> false;
          };
      return at.iconst(Type.I32, reflexive ? 1 : 0);
    }
    Inst narrow = narrow(inst, at, x, y);
    if (narrow != null || y.op != Opcode.ICONST) {
      return narrow;
    }
    return isEquality(inst.op) ? equality(inst, at, x, y.imm) : order(inst, at, x, y.imm);
  }

  private static @Nullable Inst narrow(Inst inst, Cursor at, Inst x, Inst y) {
    if (x.op != Opcode.UEXTEND && x.op != Opcode.SEXTEND) {
      return null;
    }
    // uextend(x) < uextend(y) => x < y, unsigned; sextend(x) < sextend(y) => x < y
    boolean zeros = x.op == Opcode.UEXTEND;
    Opcode op = zeros ? unsigned(inst.op) : inst.op;
    if (y.op == x.op) {
      return edit(inst, op, x.args[0], y.args[0]);
    }
    boolean fits = y.op == Opcode.ICONST && (zeros ? y.imm >>> 32 == 0 : y.imm == (int) y.imm);
    return fits ? edit(inst, op, x.args[0], at.iconst(Type.I32, y.imm)) : null;
  }

  /** The same comparison of numbers that are not negative. */
  private static Opcode unsigned(Opcode op) {
    return switch (op) {
      case ICMP_LT_S -> Opcode.ICMP_LT_U;
      case ICMP_GT_S -> Opcode.ICMP_GT_U;
      case ICMP_LE_S -> Opcode.ICMP_LE_U;
      case ICMP_GE_S -> Opcode.ICMP_GE_U;
      default -> op;
    };
  }

  private static @Nullable Inst equality(Inst inst, Cursor at, Inst x, long c) {
    boolean isEq = inst.op == Opcode.ICMP_EQ;
    // x == c => 0, when x cannot have the ones of c
    long ones = KnownBits.possibleOnes(x);
    long bits = c & BitAlgebra.lowMask(x.type.bits());
    if ((bits & ~ones) != 0) {
      return at.iconst(Type.I32, isEq ? 0 : 1);
    }
    // b != 0 => b, b == 1 => b, when b is 0 or 1
    if (x.type == Type.I32 && ones == 1 && isEq == (c == 1)) {
      return x;
    }
    // (a < b) == 0 => a >= b, (a < b) != 1 alike
    if (canInvert(x.op)) {
      return edit(inst, inverse(x.op), x.args[0], x.args[1]);
    }
    switch (x.op) {
      // x + c1 == c2 => x == c2 - c1
      case ADD -> {
        return hasConstant(x, Opcode.ADD)
            ? edit(at, inst, inst.op, x.args[0], c - constant(x))
            : null;
      }
      // x ^ c1 == c2 => x == c1 ^ c2;  x ^ y == 0 => x == y
      case XOR -> {
        if (hasConstant(x, Opcode.XOR)) {
          return edit(at, inst, inst.op, x.args[0], c ^ constant(x));
        }
        return c == 0 ? edit(inst, inst.op, x.args[0], x.args[1]) : null;
      }
      // x - y == 0 => x == y;  c1 - x == c2 => x == c1 - c2
      case SUB -> {
        if (x.args[0].op == Opcode.ICONST) {
          return edit(at, inst, inst.op, x.args[1], x.args[0].imm - c);
        }
        return c == 0 ? edit(inst, inst.op, x.args[0], x.args[1]) : null;
      }
      // x & bit == bit => x & bit != 0
      case AND -> {
        boolean oneBit = hasConstant(x, Opcode.AND) && constant(x) == c && Long.bitCount(bits) == 1;
        return oneBit ? edit(at, inst, isEq ? Opcode.ICMP_NE : Opcode.ICMP_EQ, x, 0) : null;
      }
      default -> {
        return null;
      }
    }
  }

  private static @Nullable Inst order(Inst inst, Cursor at, Inst x, long c) {
    return isUnsigned(inst.op) ? unsigned(inst, at, x, c) : signed(inst, at, x, c);
  }

  private static @Nullable Inst unsigned(Inst inst, Cursor at, Inst x, long c) {
    long bound = KnownBits.possibleOnes(x);
    long limit = c & BitAlgebra.lowMask(x.type.bits());
    switch (inst.op) {
      case ICMP_LT_U -> {
        // x < 1 => x == 0
        if (limit == 1) {
          return edit(at, inst, Opcode.ICMP_EQ, x, 0);
        }
        // x < c => 0 when c is 0, 1 when c is above all that x can be
        return limit == 0 ? at.iconst(Type.I32, 0) : constantIfBelow(at, bound, limit, 1);
      }
      case ICMP_GE_U -> {
        // x >= 1 => x != 0
        if (limit == 1) {
          return edit(at, inst, Opcode.ICMP_NE, x, 0);
        }
        // x >= c => 1 when c is 0, 0 when c is above all that x can be
        return limit == 0 ? at.iconst(Type.I32, 1) : constantIfBelow(at, bound, limit, 0);
      }
      case ICMP_GT_U -> {
        // x > 0 => x != 0
        if (limit == 0) {
          return edit(at, inst, Opcode.ICMP_NE, x, 0);
        }
        // x > c => 0, when x cannot be above c
        return constantUnlessAbove(at, bound, limit, 0);
      }
      default -> {
        // x <= 0 => x == 0
        if (limit == 0) {
          return edit(at, inst, Opcode.ICMP_EQ, x, 0);
        }
        // x <= c => 1, when x cannot be above c
        return constantUnlessAbove(at, bound, limit, 1);
      }
    }
  }

  private static @Nullable Inst constantIfBelow(Cursor at, long bound, long limit, int result) {
    return Long.compareUnsigned(bound, limit) < 0 ? at.iconst(Type.I32, result) : null;
  }

  private static @Nullable Inst constantUnlessAbove(Cursor at, long bound, long limit, int result) {
    return Long.compareUnsigned(bound, limit) <= 0 ? at.iconst(Type.I32, result) : null;
  }

  private static @Nullable Inst signed(Inst inst, Cursor at, Inst x, long c) {
    long bound = KnownBits.possibleOnes(x);
    long highest = BitAlgebra.lowMask(x.type.bits() - 1);
    if (bound >= 0 && bound <= highest) {
      // x < c => constant, when x is in a range that c is not in: x is between 0 and bound
      Boolean known =
          switch (inst.op) {
            case ICMP_LT_S -> c <= 0 ? Boolean.FALSE : bound < c ? Boolean.TRUE : null;
            case ICMP_LE_S -> c < 0 ? Boolean.FALSE : bound <= c ? Boolean.TRUE : null;
            case ICMP_GT_S -> c < 0 ? Boolean.TRUE : bound <= c ? Boolean.FALSE : null;
            default -> c <= 0 ? Boolean.TRUE : bound < c ? Boolean.FALSE : null;
          };
      return known == null ? null : at.iconst(Type.I32, known ? 1 : 0);
    }
    // x > -1 => x >= 0, x <= -1 => x < 0: a test of the sign
    if (c == -1 && inst.op == Opcode.ICMP_GT_S) {
      return edit(at, inst, Opcode.ICMP_GE_S, x, 0);
    }
    if (c == -1 && inst.op == Opcode.ICMP_LE_S) {
      return edit(at, inst, Opcode.ICMP_LT_S, x, 0);
    }
    // x < 1 => x <= 0, x >= 1 => x > 0: zero is the cheapest constant
    if (c == 1 && inst.op == Opcode.ICMP_LT_S) {
      return edit(at, inst, Opcode.ICMP_LE_S, x, 0);
    }
    if (c == 1 && inst.op == Opcode.ICMP_GE_S) {
      return edit(at, inst, Opcode.ICMP_GT_S, x, 0);
    }
    return null;
  }
}
