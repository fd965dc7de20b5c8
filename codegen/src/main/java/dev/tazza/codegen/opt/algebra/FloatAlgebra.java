package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.edit;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Rules for floats: few, for they must keep signed zeros and make signalling NaNs quiet. */
final class FloatAlgebra {
  private FloatAlgebra() {}

  static @Nullable Inst simplify(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    return switch (inst.op) {
      // -(-x) => x
      case FNEG -> x.op == Opcode.FNEG ? x.args[0] : null;
      // |-x| => |x|, ||x|| => |x|
      case FABS ->
          x.op == Opcode.FABS ? x : x.op == Opcode.FNEG ? edit(inst, Opcode.FABS, x.args[0]) : null;
      case BITCAST -> bitcast(inst, at, x);
      default -> divide(inst, at, x, inst.args[1]);
    };
  }

  private static @Nullable Inst bitcast(Inst inst, Cursor at, Inst x) {
    if (x.isConst() && inst.type.isInt()) {
      return at.iconst(inst.type, x.imm);
    }
    if (x.isConst() && inst.type.isFloat()) {
      return at.fconst(inst.type, x.imm);
    }
    if (x.type == inst.type) {
      return x;
    }
    // bitcast(bitcast(x)) => x
    return x.op == Opcode.BITCAST && x.args[0].type == inst.type ? x.args[0] : null;
  }

  /** x / 2^k => x * 2^-k, which is exact. */
  private static @Nullable Inst divide(Inst inst, Cursor at, Inst x, Inst y) {
    if (y.op != Opcode.FCONST) {
      return null;
    }
    if (inst.type == Type.F32) {
      float reciprocal = 1 / Float.intBitsToFloat((int) y.imm);
      int bits = Float.floatToRawIntBits(reciprocal);
      return isPowerOfTwo(y.imm, 23, 0xff) && isPowerOfTwo(bits, 23, 0xff)
          ? edit(inst, Opcode.FMUL, x, at.fconst(Type.F32, bits))
          : null;
    }
    long bits = Double.doubleToRawLongBits(1 / Double.longBitsToDouble(y.imm));
    return isPowerOfTwo(y.imm, 52, 0x7ff) && isPowerOfTwo(bits, 52, 0x7ff)
        ? edit(inst, Opcode.FMUL, x, at.fconst(Type.F64, bits))
        : null;
  }

  /** Whether the float is normal and its fraction is zero. */
  private static boolean isPowerOfTwo(long bits, int fractionBits, int exponentMask) {
    long exponent = bits >> fractionBits & exponentMask;
    return (bits & BitAlgebra.lowMask(fractionBits)) == 0
        && exponent != 0
        && exponent != exponentMask;
  }

  static boolean isNaN(Type type, long bits) {
    return type == Type.F32
        ? Float.isNaN(Float.intBitsToFloat((int) bits))
        : Double.isNaN(Double.longBitsToDouble(bits));
  }
}
