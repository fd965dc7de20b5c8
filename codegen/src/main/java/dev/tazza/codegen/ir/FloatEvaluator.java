package dev.tazza.codegen.ir;

/** The part of {@link Evaluator} for operations on floats. */
final class FloatEvaluator {
  private static final double TWO_31 = 0x1p31;
  private static final double TWO_32 = 0x1p32;
  private static final double TWO_63 = 0x1p63;
  private static final double TWO_64 = 0x1p64;

  private FloatEvaluator() {}

  /** The value as a double, which is exact for F32 as well. */
  static double asDouble(Type type, long bits) {
    return type == Type.F32 ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
  }

  static long eval(Opcode op, Type type, Type argType, long a, long b) {
    return switch (op) {
      case FCMP_EQ, FCMP_NE, FCMP_LT, FCMP_GT, FCMP_LE, FCMP_GE ->
          compare(op, asDouble(argType, a), asDouble(argType, b)) ? 1 : 0;
      case TRUNC_S, TRUNC_SAT_S -> truncSigned(type, asDouble(argType, a));
      case TRUNC_U, TRUNC_SAT_U -> truncUnsigned(type, asDouble(argType, a));
      case CONVERT_S -> type == Type.F32 ? bits((float) a) : bits((double) a);
      case CONVERT_U -> convertUnsigned(type, argType == Type.I32 ? a & 0xffff_ffffL : a);
      case DEMOTE -> bits((float) asDouble(Type.F64, a));
      case PROMOTE -> bits(asDouble(Type.F32, a));
      case FABS -> a & ~sign(type);
      case FNEG -> a ^ sign(type);
      case FCOPYSIGN -> a & ~sign(type) | b & sign(type);
      default -> type == Type.F32 ? arithmetic32(op, a, b) : arithmetic64(op, a, b);
    };
  }

  /** Like {@link Evaluator#traps}: 0 for NaN, 1 for out of range, -1 for neither. */
  static int truncTraps(Opcode op, Type type, double value) {
    if (Double.isNaN(value)) {
      return 0;
    }
    double truncated = truncate(value);
    double low = op == Opcode.TRUNC_U ? 0 : type == Type.I32 ? -TWO_31 : -TWO_63;
    double high =
        op == Opcode.TRUNC_U
            ? type == Type.I32 ? TWO_32 : TWO_64
            : type == Type.I32 ? TWO_31 : TWO_63;
    return truncated >= low && truncated < high ? -1 : 1;
  }

  private static boolean compare(Opcode op, double a, double b) {
    return switch (op) {
      case FCMP_EQ -> a == b;
      case FCMP_NE -> a != b;
      case FCMP_LT -> a < b;
      case FCMP_GT -> a > b;
      case FCMP_LE -> a <= b;
      default -> a >= b;
    };
  }

  private static long truncSigned(Type type, double value) {
    return type == Type.I32 ? (int) value : (long) value;
  }

  private static long truncUnsigned(Type type, double value) {
    double high = type == Type.I32 ? TWO_32 : TWO_64;
    if (!(value > 0)) {
      return 0;
    }
    if (value >= high) {
      return -1;
    }
    long result = value < TWO_63 ? (long) value : (long) (value - TWO_63) + Long.MIN_VALUE;
    return type == Type.I32 ? (int) result : result;
  }

  private static long convertUnsigned(Type type, long value) {
    // Above 2^63 halve, keeping a sticky bit so that rounding stays right, and double again.
    long halved = value >>> 1 | value & 1;
    if (type == Type.F32) {
      return bits(value >= 0 ? (float) value : (float) halved * 2);
    }
    return bits(value >= 0 ? (double) value : (double) halved * 2);
  }

  private static double truncate(double value) {
    return value < 0 ? Math.ceil(value) : Math.floor(value);
  }

  private static long arithmetic32(Opcode op, long aBits, long bBits) {
    float a = Float.intBitsToFloat((int) aBits);
    float b = Float.intBitsToFloat((int) bBits);
    return bits(
        switch (op) {
          case FADD -> a + b;
          case FSUB -> a - b;
          case FMUL -> a * b;
          case FDIV -> a / b;
          case FMIN -> Math.min(a, b);
          case FMAX -> Math.max(a, b);
          default -> (float) round(op, a);
        });
  }

  private static long arithmetic64(Opcode op, long aBits, long bBits) {
    double a = Double.longBitsToDouble(aBits);
    double b = Double.longBitsToDouble(bBits);
    return bits(
        switch (op) {
          case FADD -> a + b;
          case FSUB -> a - b;
          case FMUL -> a * b;
          case FDIV -> a / b;
          case FMIN -> Math.min(a, b);
          case FMAX -> Math.max(a, b);
          default -> round(op, a);
        });
  }

  /**
   * Also right for floats: their square root in double precision rounds to the float square root.
   */
  private static double round(Opcode op, double a) {
    return switch (op) {
      case FSQRT -> Math.sqrt(a);
      case FCEIL -> Math.ceil(a);
      case FFLOOR -> Math.floor(a);
      case FTRUNC -> truncate(a);
      case FNEAREST -> Math.rint(a);
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  private static long sign(Type type) {
    return type == Type.F32 ? 1L << 31 : 1L << 63;
  }

  private static long bits(float value) {
    return Float.floatToRawIntBits(value) & 0xffff_ffffL;
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }
}
