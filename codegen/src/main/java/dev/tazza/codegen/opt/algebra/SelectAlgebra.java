package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.edit;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Rules for selection, and for conditions wherever only zero or not zero matters. */
public final class SelectAlgebra {
  private SelectAlgebra() {}

  static @Nullable Inst select(Inst inst, Cursor at) {
    Inst condition = inst.args[0];
    Inst a = inst.args[1];
    Inst b = inst.args[2];
    // select(constant, a, b) => a or b
    if (condition.op == Opcode.ICONST) {
      return condition.imm != 0 ? a : b;
    }
    // select(c, a, a) => a
    if (a == b) {
      return a;
    }
    // select(x == 0, a, b) => select(x, b, a); select(x != 0, a, b) => select(x, a, b)
    Inst tested = tested(condition);
    if (tested != condition) {
      boolean inverted = isInverted(condition);
      return edit(inst, Opcode.SELECT, tested, inverted ? b : a, inverted ? a : b);
    }
    // select(c, select(c, a, _), b) => select(c, a, b), also on the other side
    if (a.op == Opcode.SELECT && a.args[0] == condition) {
      return edit(inst, Opcode.SELECT, condition, a.args[1], b);
    }
    if (b.op == Opcode.SELECT && b.args[0] == condition) {
      return edit(inst, Opcode.SELECT, condition, a, b.args[2]);
    }
    return inst.type.isInt() ? toTruthValue(inst, at, condition, a, b) : null;
  }

  /** Only what the operands alone tell: see {@link Opcode#CLAMP_LT}. */
  static @Nullable Inst clamp(Inst inst, Cursor at) {
    Inst tested = inst.args[1];
    Inst limit = inst.args[2];
    if (limit.op != Opcode.ICONST) {
      return null;
    }
    boolean strict = inst.op == Opcode.CLAMP_LT;
    long bound = limit.imm & BitAlgebra.lowMask(limit.type.bits());
    // clamp(a, x & 7 < 8) => a
    int most = Long.compareUnsigned(KnownBits.possibleOnes(tested), bound);
    if (most < 0 || most == 0 && !strict) {
      return inst.args[0];
    }
    // clamp(a, 9 < 8) => 0
    if (tested.op == Opcode.ICONST) {
      return at.iconst(inst.type, 0);
    }
    return null;
  }

  /** Likewise only what the operands alone tell. */
  static @Nullable Inst clampMin(Inst inst) {
    // min(a, a) => a; min(x & 7, 8) => x & 7
    Inst value = inst.args[0];
    Inst limit = inst.args[1];
    boolean isBelow =
        limit.op == Opcode.ICONST
            && Long.compareUnsigned(KnownBits.possibleOnes(value), limit.imm) <= 0;
    return value == limit || isBelow ? value : null;
  }

  private static @Nullable Inst toTruthValue(Inst inst, Cursor at, Inst condition, Inst a, Inst b) {
    boolean oneZero = a.isInt(1) && b.isInt(0);
    boolean zeroOne = a.isInt(0) && b.isInt(1);
    if (!oneZero && !zeroOne) {
      return null;
    }
    // select(c, 1, 0) => c != 0; select(c, 0, 1) => c == 0
    Opcode op = oneZero ? Opcode.ICMP_NE : Opcode.ICMP_EQ;
    if (inst.type == Type.I64) {
      return edit(inst, Opcode.UEXTEND, Algebra.make(at, op, condition, 0));
    }
    return edit(at, inst, op, condition, 0);
  }

  /**
   * The value that {@code condition} compares with zero, or itself. {@link #isInverted} tells
   * whether the result is the other way around.
   */
  public static Inst tested(Inst condition) {
    boolean test =
        (condition.op == Opcode.ICMP_EQ || condition.op == Opcode.ICMP_NE)
            && condition.args[0].type == Type.I32
            && condition.args[1].isInt(0);
    return test ? condition.args[0] : condition;
  }

  /** Whether {@code condition} is {@code x == 0}. */
  public static boolean isInverted(Inst condition) {
    return condition.op == Opcode.ICMP_EQ;
  }
}
