package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.Tunable;

/**
 * Makes every NaN that arithmetic gives the canonical one, if that is wanted: positive, and only
 * the highest bit of the fraction set (specification, section 3.3.3). Otherwise it is what the
 * processor gives, which depends on the operands.
 *
 * <p>What arithmetic and comparisons make of a NaN is the same for all, once their own results are
 * made canonical. So they take their operands {@linkplain #raw as they were computed}, and of a
 * long expression only the end is looked at: what is stored, passed on, or seen as bits.
 */
final class CanonicalNans {
  private static final long F32_NAN = 0x7FC0_0000L;
  private static final long F64_NAN = 0x7FF8_0000_0000_0000L;

  private final Builder builder;
  private final boolean wanted;

  CanonicalNans(FunctionState state) {
    this.builder = state.builder;
    this.wanted = state.env.tunables.is(Tunable.NAN_CANONICALIZATION);
  }

  /** What stands for the result of {@code op}. */
  Inst number(Opcode op, Inst result) {
    return wanted && isArithmetic(op) ? canonical(result) : result;
  }

  /** What stands for a vector's lanes, the results of {@code op}. */
  Inst lanes(Opcode op, Shape shape, Inst result) {
    return wanted && isLaneArithmetic(op) ? canonical(shape, result) : result;
  }

  /**
   * What an operand of {@code op} was before it was made canonical, if {@code op} does not care. It
   * may also be the program that has chosen so itself: that is as good.
   */
  Inst raw(Opcode op, Inst operand) {
    boolean isChoice =
        wanted
            && operand.op == Opcode.SELECT
            && isOwnEquality(operand.args[0], Opcode.FCMP_EQ, operand.args[1])
            && isNan(operand.args[2]);
    return isChoice && (isArithmetic(op) || isComparison(op)) ? operand.args[1] : operand;
  }

  /** The same for a vector whose lanes {@code op} takes in this shape. */
  Inst raw(Opcode op, Shape shape, Inst operand) {
    boolean isChoice =
        wanted
            && operand.op == Opcode.VBITSELECT
            && isOwnEquality(operand.args[2], Opcode.VFEQ, operand.args[0])
            && operand.args[2].shape() == shape
            && isNan(shape, operand.args[1]);
    boolean isConversion = op == Opcode.VDEMOTE_ZERO || op == Opcode.VPROMOTE_LOW;
    return isChoice && isLaneArithmetic(op) && !isConversion ? operand.args[0] : operand;
  }

  private static boolean isOwnEquality(Inst test, Opcode equality, Inst value) {
    return test.op == equality && test.args[0] == value && test.args[1] == value;
  }

  private static boolean isNan(Inst inst) {
    return inst.op == Opcode.FCONST && inst.imm == (inst.type == Type.F32 ? F32_NAN : F64_NAN);
  }

  private static boolean isNan(Shape shape, Inst inst) {
    long half = vectorHalf(shape);
    return inst.op == Opcode.VCONST && inst.imm == half && inst.immHigh() == half;
  }

  private static long vectorHalf(Shape shape) {
    return shape == Shape.F32X4 ? F32_NAN | F32_NAN << 32 : F64_NAN;
  }

  private Inst canonical(Inst number) {
    Inst nan = builder.fconst(number.type, number.type == Type.F32 ? F32_NAN : F64_NAN);
    return builder.select(builder.compare(Opcode.FCMP_EQ, number, number), number, nan);
  }

  private Inst canonical(Shape shape, Inst vector) {
    long half = vectorHalf(shape);
    Inst numbers = builder.lanes(Opcode.VFEQ, shape, vector, vector);
    return builder.vector(Opcode.VBITSELECT, vector, builder.vconst(half, half), numbers);
  }

  private static boolean isArithmetic(Opcode op) {
    return switch (op) {
      case FADD, FSUB, FMUL, FDIV, FMIN, FMAX, FSQRT, FCEIL, FFLOOR, FTRUNC, FNEAREST -> true;
      case DEMOTE, PROMOTE -> true;
      default -> false;
    };
  }

  private static boolean isComparison(Opcode op) {
    return op.ordinal() >= Opcode.FCMP_EQ.ordinal() && op.ordinal() <= Opcode.FCMP_GE.ordinal();
  }

  private static boolean isLaneArithmetic(Opcode op) {
    return switch (op) {
      case VFADD, VFSUB, VFMUL, VFDIV, VFMIN, VFMAX, VMADD, VNMADD -> true;
      case VFSQRT, VFCEIL, VFFLOOR, VFTRUNC, VFNEAREST -> true;
      case VDEMOTE_ZERO, VPROMOTE_LOW -> true;
      default -> false;
    };
  }
}
