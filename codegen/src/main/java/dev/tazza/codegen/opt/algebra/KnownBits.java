package dev.tazza.codegen.opt.algebra;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.Type;

/** What is known about the bits of integer values from a few levels of their operands. */
public final class KnownBits {
  private static final int MAX_DEPTH = 4;

  private KnownBits() {}

  /**
   * A mask of the bits that may be one; for I32 the upper half is zero. Also an upper bound of the
   * unsigned value.
   */
  public static long possibleOnes(Inst inst) {
    return possibleOnes(inst, MAX_DEPTH);
  }

  /** Whether the sign bit is zero. */
  static boolean isNonNegative(Inst inst) {
    return possibleOnes(inst) >>> inst.type.bits() - 1 == 0;
  }

  private static long possibleOnes(Inst inst, int depth) {
    long width = BitAlgebra.lowMask(inst.type.bits());
    if (inst.op == Opcode.ICONST) {
      return inst.imm & width;
    }
    if (depth == 0) {
      return width;
    }
    int next = depth - 1;
    return width
        & switch (inst.op) {
          case AND -> possibleOnes(inst.args[0], next) & possibleOnes(inst.args[1], next);
          case OR, XOR -> possibleOnes(inst.args[0], next) | possibleOnes(inst.args[1], next);
          case SELECT -> possibleOnes(inst.args[1], next) | possibleOnes(inst.args[2], next);
          case UEXTEND, WRAP, CLAMP_LT, CLAMP_LE -> possibleOnes(inst.args[0], next);
          case CLAMP_MIN -> upTo(possibleOnes(inst.args[0], next));
          case SHL -> isShift(inst) ? possibleOnes(inst.args[0], next) << count(inst) : -1;
          case SHR_U ->
              isShift(inst)
                  ? possibleOnes(inst.args[0], next) >>> count(inst)
                  : upTo(possibleOnes(inst.args[0], next));
          case ADD -> sum(possibleOnes(inst.args[0], next), possibleOnes(inst.args[1], next));
          case MUL -> product(possibleOnes(inst.args[0], next), possibleOnes(inst.args[1], next));
          case REM_U -> remainder(inst);
          case DIV_U -> upTo(possibleOnes(inst.args[0], next));
          case CLZ, CTZ, POPCNT -> inst.type == Type.I32 ? 63 : 127;
          case LOAD -> load(inst);
          case VANY_TRUE, VALL_TRUE, VBITMASK, VEXTRACT_LANE -> ofVector(inst);
          default -> {
            if (inst.op.isAtomic()) {
              yield load(inst);
            }
            yield inst.op.isIntCompare() || inst.op.isFloatCompare() ? 1 : -1;
          }
        };
  }

  private static boolean isShift(Inst inst) {
    return inst.args[1].op == Opcode.ICONST;
  }

  private static int count(Inst inst) {
    return (int) inst.args[1].imm & inst.type.bits() - 1;
  }

  /** All bits that a value not above {@code bound} may have. */
  private static long upTo(long bound) {
    return bound == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(bound);
  }

  private static long sum(long a, long b) {
    // No common bits: no carries.
    if ((a & b) == 0) {
      return a | b;
    }
    long sum = a + b;
    // Where both have zeros at the end, so has the sum.
    long aligned = -Long.lowestOneBit(a | b);
    return aligned & (Long.compareUnsigned(sum, a) < 0 ? -1 : upTo(sum));
  }

  private static long product(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) != 0 ? -1 : upTo(a * b);
  }

  private static long remainder(Inst inst) {
    Inst divisor = inst.args[1];
    long width = BitAlgebra.lowMask(inst.type.bits());
    return divisor.op == Opcode.ICONST && divisor.imm != 0 ? upTo((divisor.imm & width) - 1) : -1;
  }

  private static long ofVector(Inst inst) {
    Shape shape = inst.shape();
    return switch (inst.op) {
      case VBITMASK -> shape == null ? -1 : BitAlgebra.lowMask(shape.lanes());
      case VEXTRACT_LANE ->
          shape == null || shape.isFloat() ? -1 : BitAlgebra.lowMask(shape.laneBits());
      default -> 1;
    };
  }

  private static long load(Inst inst) {
    MemoryAccess access = inst.access;
    return access == null || access.signed() || access.bytes() > 8
        ? -1
        : BitAlgebra.lowMask(access.bytes() * 8);
  }
}
