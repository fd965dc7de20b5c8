package dev.tazza.codegen.ir;

/** The part of {@link VectorEvaluator} for lanes that are floats. */
final class VectorFloatEvaluator {
  private VectorFloatEvaluator() {}

  static Bits128 eval(Opcode op, Shape shape, Bits128 a, Bits128 b) {
    Bits128 result = Bits128.ZERO;
    int bytes = shape.laneBytes();
    for (int i = 0; i < shape.lanes(); i++) {
      boolean absent = op == Opcode.VDEMOTE_ZERO && i >= 2;
      result = result.withLane(bytes, i, absent ? 0 : lane(op, shape, i, a, b));
    }
    return result;
  }

  private static long lane(Opcode op, Shape shape, int i, Bits128 a, Bits128 b) {
    Type type = shape.laneType();
    int bytes = shape.laneBytes();
    return switch (op) {
      case VCONVERT_S ->
          FloatEvaluator.eval(Opcode.CONVERT_S, type, Type.I32, a.signedLane(4, i), 0);
      case VCONVERT_U ->
          FloatEvaluator.eval(Opcode.CONVERT_U, type, Type.I32, a.signedLane(4, i), 0);
      case VDEMOTE_ZERO -> FloatEvaluator.eval(Opcode.DEMOTE, type, Type.F64, a.lane(8, i), 0);
      case VPROMOTE_LOW -> FloatEvaluator.eval(Opcode.PROMOTE, type, Type.F32, a.lane(4, i), 0);
      default -> lane(op, type, a.lane(bytes, i), b.lane(bytes, i));
    };
  }

  private static long lane(Opcode op, Type type, long a, long b) {
    return switch (op) {
      case VFPMIN -> compare(Opcode.FCMP_LT, type, b, a) ? b : a;
      case VFPMAX -> compare(Opcode.FCMP_LT, type, a, b) ? b : a;
      case VFEQ -> compare(Opcode.FCMP_EQ, type, a, b) ? -1 : 0;
      case VFNE -> compare(Opcode.FCMP_NE, type, a, b) ? -1 : 0;
      case VFLT -> compare(Opcode.FCMP_LT, type, a, b) ? -1 : 0;
      case VFGT -> compare(Opcode.FCMP_GT, type, a, b) ? -1 : 0;
      case VFLE -> compare(Opcode.FCMP_LE, type, a, b) ? -1 : 0;
      case VFGE -> compare(Opcode.FCMP_GE, type, a, b) ? -1 : 0;
      default -> FloatEvaluator.eval(scalar(op), type, type, a, b);
    };
  }

  private static boolean compare(Opcode op, Type type, long a, long b) {
    return FloatEvaluator.eval(op, Type.I32, type, a, b) != 0;
  }

  private static Opcode scalar(Opcode op) {
    return switch (op) {
      case VFADD -> Opcode.FADD;
      case VFSUB -> Opcode.FSUB;
      case VFMUL -> Opcode.FMUL;
      case VFDIV -> Opcode.FDIV;
      case VFMIN -> Opcode.FMIN;
      case VFMAX -> Opcode.FMAX;
      case VFABS -> Opcode.FABS;
      case VFNEG -> Opcode.FNEG;
      case VFSQRT -> Opcode.FSQRT;
      case VFCEIL -> Opcode.FCEIL;
      case VFFLOOR -> Opcode.FFLOOR;
      case VFTRUNC -> Opcode.FTRUNC;
      case VFNEAREST -> Opcode.FNEAREST;
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  /** Lane {@code i} of a conversion to I32; 0 where the source has no such lane. */
  static long truncate(Opcode op, int i, Bits128 a) {
    boolean fromDouble = op == Opcode.VTRUNC_SAT_ZERO_S || op == Opcode.VTRUNC_SAT_ZERO_U;
    if (fromDouble && i >= 2) {
      return 0;
    }
    boolean signed = op == Opcode.VTRUNC_SAT_S || op == Opcode.VTRUNC_SAT_ZERO_S;
    return FloatEvaluator.eval(
        signed ? Opcode.TRUNC_SAT_S : Opcode.TRUNC_SAT_U,
        Type.I32,
        fromDouble ? Type.F64 : Type.F32,
        a.lane(fromDouble ? 8 : 4, i),
        0);
  }
}
