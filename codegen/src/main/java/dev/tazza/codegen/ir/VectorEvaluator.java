package dev.tazza.codegen.ir;

/**
 * The meaning of the vector operations, lane by lane; the part of {@link Evaluator} for them.
 * Scalars are in the low half, as {@link Evaluator} has them.
 */
public final class VectorEvaluator {
  private VectorEvaluator() {}

  /**
   * Whether what {@link #eval} gives is the only result of {@code op}: of all that compute, but for
   * those whose rounding is open.
   */
  public static boolean canEval(Opcode op) {
    return op.isVector() && op != Opcode.VCONST && op != Opcode.VMADD && op != Opcode.VNMADD;
  }

  /**
   * The result of {@code inst} on these operands; those beyond its number of operands are ignored.
   * Of what may be rounded once or twice it is rounded twice.
   */
  public static Bits128 eval(Inst inst, Bits128 a, Bits128 b, Bits128 c) {
    Shape shape = inst.shape();
    if (shape == null) {
      return bitwise(inst, a, b, c);
    }
    return switch (inst.op) {
      case VSPLAT -> splat(shape, a.low());
      case VEXTRACT_LANE -> extract(shape, a, (int) inst.imm, false);
      case VEXTRACT_LANE_S -> extract(shape, a, (int) inst.imm, true);
      case VREPLACE_LANE -> a.withLane(shape.laneBytes(), (int) inst.imm, b.low());
      case VALL_TRUE -> new Bits128(allTrue(shape, a) ? 1 : 0, 0);
      case VBITMASK -> new Bits128(bitmask(shape, a), 0);
      default -> shape.isFloat() ? floats(inst.op, shape, a, b, c) : integers(inst.op, shape, a, b);
    };
  }

  private static Bits128 floats(Opcode op, Shape shape, Bits128 a, Bits128 b, Bits128 c) {
    if (op != Opcode.VMADD && op != Opcode.VNMADD) {
      return VectorFloatEvaluator.eval(op, shape, a, b);
    }
    Bits128 product = VectorFloatEvaluator.eval(Opcode.VFMUL, shape, a, b);
    Opcode sum = op == Opcode.VMADD ? Opcode.VFADD : Opcode.VFSUB;
    return VectorFloatEvaluator.eval(sum, shape, c, product);
  }

  private static Bits128 bitwise(Inst inst, Bits128 a, Bits128 b, Bits128 c) {
    return switch (inst.op) {
      case VNOT -> new Bits128(~a.low(), ~a.high());
      case VAND -> new Bits128(a.low() & b.low(), a.high() & b.high());
      case VANDNOT -> new Bits128(a.low() & ~b.low(), a.high() & ~b.high());
      case VOR -> new Bits128(a.low() | b.low(), a.high() | b.high());
      case VXOR -> new Bits128(a.low() ^ b.low(), a.high() ^ b.high());
      case VBITSELECT ->
          new Bits128(
              a.low() & c.low() | b.low() & ~c.low(), a.high() & c.high() | b.high() & ~c.high());
      case VSHUFFLE -> bytes(new Bits128(inst.imm, inst.immHigh()), a, b, 32);
      case VSWIZZLE -> bytes(b, a, a, 16);
      case VANY_TRUE -> new Bits128((a.low() | a.high()) != 0 ? 1 : 0, 0);
      default -> throw new IllegalArgumentException(inst.op.text());
    };
  }

  /** Bytes of {@code a} and {@code b} by their numbers; 0 for numbers from {@code limit} on. */
  private static Bits128 bytes(Bits128 numbers, Bits128 a, Bits128 b, int limit) {
    Bits128 result = Bits128.ZERO;
    for (int i = 0; i < 16; i++) {
      int number = (int) numbers.lane(1, i);
      if (number < limit) {
        result = result.withLane(1, i, (number < 16 ? a : b).lane(1, number & 15));
      }
    }
    return result;
  }

  private static Bits128 splat(Shape shape, long scalar) {
    Bits128 result = Bits128.ZERO;
    for (int i = 0; i < shape.lanes(); i++) {
      result = result.withLane(shape.laneBytes(), i, scalar);
    }
    return result;
  }

  private static Bits128 extract(Shape shape, Bits128 a, int lane, boolean signed) {
    // I32 values are longs with the sign.
    boolean extend = signed || shape == Shape.I32X4;
    int bytes = shape.laneBytes();
    return new Bits128(extend ? a.signedLane(bytes, lane) : a.lane(bytes, lane), 0);
  }

  private static boolean allTrue(Shape shape, Bits128 a) {
    for (int i = 0; i < shape.lanes(); i++) {
      if (a.lane(shape.laneBytes(), i) == 0) {
        return false;
      }
    }
    return true;
  }

  private static long bitmask(Shape shape, Bits128 a) {
    long mask = 0;
    for (int i = 0; i < shape.lanes(); i++) {
      mask |= a.signedLane(shape.laneBytes(), i) < 0 ? 1L << i : 0;
    }
    return mask;
  }

  private static Bits128 integers(Opcode op, Shape shape, Bits128 a, Bits128 b) {
    Bits128 result = Bits128.ZERO;
    int lanes = shape.lanes();
    int bytes = shape.laneBytes();
    int from = isOfUpperHalf(op) ? lanes : 0;
    for (int i = 0; i < lanes; i++) {
      long lane =
          switch (op) {
            case VEXTEND_LOW_S, VEXTMUL_LOW_S, VEXTEND_HIGH_S, VEXTMUL_HIGH_S ->
                isProduct(op)
                    ? a.signedLane(bytes / 2, from + i) * b.signedLane(bytes / 2, from + i)
                    : a.signedLane(bytes / 2, from + i);
            case VEXTEND_LOW_U, VEXTMUL_LOW_U, VEXTEND_HIGH_U, VEXTMUL_HIGH_U ->
                isProduct(op)
                    ? a.lane(bytes / 2, from + i) * b.lane(bytes / 2, from + i)
                    : a.lane(bytes / 2, from + i);
            case VEXTADD_PAIRWISE_S ->
                a.signedLane(bytes / 2, 2 * i) + a.signedLane(bytes / 2, 2 * i + 1);
            case VEXTADD_PAIRWISE_U -> a.lane(bytes / 2, 2 * i) + a.lane(bytes / 2, 2 * i + 1);
            case VDOT_S ->
                a.signedLane(2, 2 * i) * b.signedLane(2, 2 * i)
                    + a.signedLane(2, 2 * i + 1) * b.signedLane(2, 2 * i + 1);
            case VNARROW_S, VNARROW_U -> narrow(op, bytes, i, a, b);
            case VTRUNC_SAT_S, VTRUNC_SAT_U, VTRUNC_SAT_ZERO_S, VTRUNC_SAT_ZERO_U ->
                VectorFloatEvaluator.truncate(op, i, a);
            case VSHL, VSHR_S, VSHR_U -> shift(op, shape, i, a, (int) b.low());
            default ->
                lane(
                    op,
                    bytes,
                    a.signedLane(bytes, i),
                    b.signedLane(bytes, i),
                    a.lane(bytes, i),
                    b.lane(bytes, i));
          };
      result = result.withLane(bytes, i, lane);
    }
    return result;
  }

  private static boolean isProduct(Opcode op) {
    return switch (op) {
      case VEXTMUL_LOW_S, VEXTMUL_LOW_U, VEXTMUL_HIGH_S, VEXTMUL_HIGH_U -> true;
      default -> false;
    };
  }

  private static boolean isOfUpperHalf(Opcode op) {
    return switch (op) {
      case VEXTEND_HIGH_S, VEXTEND_HIGH_U, VEXTMUL_HIGH_S, VEXTMUL_HIGH_U -> true;
      default -> false;
    };
  }

  private static long narrow(Opcode op, int bytes, int i, Bits128 a, Bits128 b) {
    int half = 8 / bytes;
    long wide = (i < half ? a : b).signedLane(2 * bytes, i % half);
    return op == Opcode.VNARROW_S ? saturateSigned(bytes, wide) : saturateUnsigned(bytes, wide);
  }

  private static long shift(Opcode op, Shape shape, int i, Bits128 a, int count) {
    int by = count & shape.laneBits() - 1;
    return switch (op) {
      case VSHL -> a.lane(shape.laneBytes(), i) << by;
      case VSHR_S -> a.signedLane(shape.laneBytes(), i) >> by;
      default -> a.lane(shape.laneBytes(), i) >>> by;
    };
  }

  private static long saturateSigned(int bytes, long value) {
    long most = (1L << 8 * bytes - 1) - 1;
    return Math.clamp(value, -most - 1, most);
  }

  private static long saturateUnsigned(int bytes, long value) {
    return Math.clamp(value, 0, (1L << 8 * bytes) - 1);
  }

  /** One lane, sign-extended and zero-extended. */
  private static long lane(Opcode op, int bytes, long a, long b, long ua, long ub) {
    return switch (op) {
      case VADD -> a + b;
      case VSUB -> a - b;
      case VMUL -> a * b;
      case VNEG -> -a;
      case VABS -> Math.abs(a);
      case VPOPCNT -> Long.bitCount(ua);
      case VADD_SAT_S -> saturateSigned(bytes, a + b);
      case VADD_SAT_U -> saturateUnsigned(bytes, ua + ub);
      case VSUB_SAT_S -> saturateSigned(bytes, a - b);
      case VSUB_SAT_U -> saturateUnsigned(bytes, ua - ub);
      case VMIN_S -> Math.min(a, b);
      case VMIN_U -> Math.min(ua, ub);
      case VMAX_S -> Math.max(a, b);
      case VMAX_U -> Math.max(ua, ub);
      case VAVGR_U -> (ua + ub + 1) / 2;
      case VQ15MULR_SAT_S -> saturateSigned(bytes, a * b + 0x4000 >> 15);
      default -> compare(op, a, b, ua, ub) ? -1 : 0;
    };
  }

  private static boolean compare(Opcode op, long a, long b, long ua, long ub) {
    return switch (op) {
      case VEQ -> a == b;
      case VNE -> a != b;
      case VLT_S -> a < b;
      case VLT_U -> ua < ub;
      case VGT_S -> a > b;
      case VGT_U -> ua > ub;
      case VLE_S -> a <= b;
      case VLE_U -> ua <= ub;
      case VGE_S -> a >= b;
      case VGE_U -> ua >= ub;
      default -> throw new IllegalArgumentException(op.text());
    };
  }
}
