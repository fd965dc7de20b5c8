package dev.tazza.codegen.ir;

/**
 * The meaning of the scalar operations on constants, shared by constant folding and {@link
 * Interpreter}.
 *
 * <p>Values are longs: I32 sign-extended, I64 as is, F32 its bits in the low half, F64 its bits.
 */
public final class Evaluator {
  private Evaluator() {}

  /** Whether {@link #eval} knows {@code op}. */
  public static boolean canEval(Opcode op) {
    return switch (op) {
      case ICONST, FCONST, PARAM, RESULT, CONTEXT, LOAD, BITCAST, SELECT, CLAMP_LT, CLAMP_LE ->
          false;
      default ->
          op.isPure() && !op.isVector()
              || isDivision(op)
              || op == Opcode.TRUNC_S
              || op == Opcode.TRUNC_U;
    };
  }

  /** Whether {@code op} is one of the four that trap when the divisor is zero. */
  public static boolean isDivision(Opcode op) {
    return op.ordinal() >= Opcode.DIV_S.ordinal() && op.ordinal() <= Opcode.REM_U.ordinal();
  }

  /**
   * What is added to the trap code when the operation traps, or -1 when it does not. The codes of a
   * division are the client's to tell apart: 0 stands for all of them.
   */
  public static int traps(Opcode op, Type type, Type argType, long a, long b) {
    return switch (op) {
      case DIV_S -> b == 0 || b == -1 && a == minimum(type) ? 0 : -1;
      case DIV_U, REM_S, REM_U -> b == 0 ? 0 : -1;
      case TRUNC_S, TRUNC_U ->
          FloatEvaluator.truncTraps(op, type, FloatEvaluator.asDouble(argType, a));
      default -> -1;
    };
  }

  private static long minimum(Type type) {
    return type == Type.I32 ? Integer.MIN_VALUE : Long.MIN_VALUE;
  }

  /**
   * The result of an operation that {@link #canEval} accepts and that does not trap.
   *
   * @param type type of the result
   * @param argType type of the first operand
   * @param b second operand, ignored when there is none
   */
  public static long eval(Opcode op, Type type, Type argType, long a, long b) {
    if (op.isIntCompare()) {
      return compare(op, a, b) ? 1 : 0; // of REF, too
    }
    if (op == Opcode.WRAP) {
      return (int) a;
    }
    if (op == Opcode.UEXTEND) {
      return a & 0xffff_ffffL;
    }
    if (op == Opcode.SEXTEND) {
      return a;
    }
    if (type.isInt() && argType == type) {
      return type == Type.I32 ? eval32(op, (int) a, (int) b) : eval64(op, a, b);
    }
    return FloatEvaluator.eval(op, type, argType, a, b);
  }

  /**
   * Integer comparison; for I32 both operands are sign-extended, which keeps the unsigned order
   * too.
   */
  static boolean compare(Opcode op, long a, long b) {
    return switch (op) {
      case ICMP_EQ -> a == b;
      case ICMP_NE -> a != b;
      case ICMP_LT_S -> a < b;
      case ICMP_LT_U -> Long.compareUnsigned(a, b) < 0;
      case ICMP_GT_S -> a > b;
      case ICMP_GT_U -> Long.compareUnsigned(a, b) > 0;
      case ICMP_LE_S -> a <= b;
      case ICMP_LE_U -> Long.compareUnsigned(a, b) <= 0;
      case ICMP_GE_S -> a >= b;
      case ICMP_GE_U -> Long.compareUnsigned(a, b) >= 0;
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  private static int eval32(Opcode op, int a, int b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case MULHI_S -> (int) ((long) a * b >> 32);
      case MULHI_U -> (int) ((a & 0xffff_ffffL) * (b & 0xffff_ffffL) >>> 32);
      case DIV_S -> a / b;
      case DIV_U -> Integer.divideUnsigned(a, b);
      case REM_S -> a % b;
      case REM_U -> Integer.remainderUnsigned(a, b);
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHL -> a << b;
      case SHR_S -> a >> b;
      case SHR_U -> a >>> b;
      case ROTL -> Integer.rotateLeft(a, b);
      case ROTR -> Integer.rotateRight(a, b);
      case CLZ -> Integer.numberOfLeadingZeros(a);
      case CTZ -> Integer.numberOfTrailingZeros(a);
      case POPCNT -> Integer.bitCount(a);
      case EXTEND8_S -> (byte) a;
      case EXTEND16_S -> (short) a;
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  private static long eval64(Opcode op, long a, long b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case MULHI_S -> Math.multiplyHigh(a, b);
      case MULHI_U -> Math.unsignedMultiplyHigh(a, b);
      case DIV_S -> a / b;
      case DIV_U -> Long.divideUnsigned(a, b);
      case REM_S -> a % b;
      case REM_U -> Long.remainderUnsigned(a, b);
      case CLAMP_MIN -> Long.compareUnsigned(a, b) < 0 ? a : b;
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHL -> a << b;
      case SHR_S -> a >> b;
      case SHR_U -> a >>> b;
      case ROTL -> Long.rotateLeft(a, (int) b);
      case ROTR -> Long.rotateRight(a, (int) b);
      case CLZ -> Long.numberOfLeadingZeros(a);
      case CTZ -> Long.numberOfTrailingZeros(a);
      case POPCNT -> Long.bitCount(a);
      case EXTEND8_S -> (byte) a;
      case EXTEND16_S -> (short) a;
      case EXTEND32_S -> (int) a;
      default -> throw new IllegalArgumentException(op.text());
    };
  }
}
