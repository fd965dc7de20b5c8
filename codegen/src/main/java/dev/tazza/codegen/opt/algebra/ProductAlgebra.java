package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.edit;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;
import static dev.tazza.codegen.opt.algebra.Algebra.make;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Rules for multiplication, and for division and remainder by constants. */
final class ProductAlgebra {
  private ProductAlgebra() {}

  static @Nullable Inst mul(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    if (y.op != Opcode.ICONST) {
      return null;
    }
    long c = y.imm;
    // x * 0 => 0
    if (c == 0) {
      return y;
    }
    // x * 1 => x
    if (c == 1) {
      return x;
    }
    // x * -1 => 0 - x
    if (c == -1) {
      return edit(inst, Opcode.SUB, at.iconst(inst.type, 0), x);
    }
    // x * 2^k => x << k
    long bits = c & BitAlgebra.lowMask(inst.type.bits());
    if (Long.bitCount(bits) == 1) {
      return edit(at, inst, Opcode.SHL, x, Long.numberOfTrailingZeros(bits));
    }
    // (x * c1) * c2 => x * (c1 * c2)
    if (hasConstant(x, Opcode.MUL)) {
      return edit(at, inst, Opcode.MUL, x.args[0], constant(x) * c);
    }
    // (x << c1) * c2 => x * (c2 << c1)
    if (hasConstant(x, Opcode.SHL)) {
      return edit(at, inst, Opcode.MUL, x.args[0], c << constant(x));
    }
    return null;
  }

  static @Nullable Inst divide(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    if (y.op != Opcode.ICONST || y.imm == 0) {
      return null;
    }
    return switch (inst.op) {
      case DIV_U -> divideUnsigned(inst, at, x, y.imm);
      case REM_U -> remainderUnsigned(inst, at, x, y.imm);
      case DIV_S -> divideSigned(inst, at, x, y.imm);
      default -> remainderSigned(inst, at, x, y.imm);
    };
  }

  private static Inst divideUnsigned(Inst inst, Cursor at, Inst x, long c) {
    long divisor = c & BitAlgebra.lowMask(inst.type.bits());
    // x / 1 => x
    if (divisor == 1) {
      return x;
    }
    // x / 2^k => x >>> k
    if (Long.bitCount(divisor) == 1) {
      return edit(at, inst, Opcode.SHR_U, x, Long.numberOfTrailingZeros(divisor));
    }
    // x / c => x >= c, when c is above half of all numbers
    if (c < 0) {
      Inst quotient = make(at, Opcode.ICMP_GE_U, Type.I32, x, inst.args[1]);
      return inst.type == Type.I32 ? quotient : make(at, Opcode.UEXTEND, Type.I64, quotient);
    }
    // x / c => high bits of x * magic
    return MagicDivision.unsigned(at, x, divisor);
  }

  private static @Nullable Inst remainderUnsigned(Inst inst, Cursor at, Inst x, long c) {
    long divisor = c & BitAlgebra.lowMask(inst.type.bits());
    // x % 2^k => x & (2^k - 1)
    if (Long.bitCount(divisor) == 1) {
      return edit(at, inst, Opcode.AND, x, divisor - 1);
    }
    // x % c => x - x / c * c
    return minusMultiple(inst, at, x, divideUnsigned(copy(inst, at), at, x, c), c);
  }

  private static @Nullable Inst divideSigned(Inst inst, Cursor at, Inst x, long c) {
    // x / 1 => x
    if (c == 1) {
      return x;
    }
    // x / -1 traps for the least number: stays, but for that
    if (c == -1) {
      return inst.trap == 0 ? edit(inst, Opcode.SUB, at.iconst(inst.type, 0), x) : null;
    }
    // x / c => high bits of x * magic; powers of two by shifting
    return quotientSigned(inst.type, at, x, c);
  }

  private static Inst quotientSigned(Type type, Cursor at, Inst x, long c) {
    long magnitude = Math.abs(c) & BitAlgebra.lowMask(type.bits());
    if (Long.bitCount(magnitude) != 1) {
      return MagicDivision.signed(at, x, c);
    }
    // x / 2^k => (x + (x < 0 ? 2^k - 1 : 0)) >> k
    int k = Long.numberOfTrailingZeros(magnitude);
    Inst quotient = make(at, Opcode.SHR_S, make(at, Opcode.ADD, type, x, bias(at, x, k)), k);
    return c < 0 ? make(at, Opcode.SUB, type, at.iconst(type, 0), quotient) : quotient;
  }

  /** {@code x < 0 ? 2^k - 1 : 0}. */
  private static Inst bias(Cursor at, Inst x, int k) {
    int bits = x.type.bits();
    Inst sign = make(at, Opcode.SHR_S, x, bits - 1);
    return make(at, Opcode.SHR_U, sign, bits - k);
  }

  private static @Nullable Inst remainderSigned(Inst inst, Cursor at, Inst x, long c) {
    // x % 1 => 0, x % -1 => 0
    if (c == 1 || c == -1) {
      return at.iconst(inst.type, 0);
    }
    long magnitude = Math.abs(c) & BitAlgebra.lowMask(inst.type.bits());
    // x % 2^k => x & (2^k - 1), when x is not negative
    if (Long.bitCount(magnitude) == 1 && KnownBits.isNonNegative(x)) {
      return edit(at, inst, Opcode.AND, x, magnitude - 1);
    }
    // x % 2^k => x - ((x + (x < 0 ? 2^k - 1 : 0)) & -2^k)
    if (Long.bitCount(magnitude) == 1) {
      Inst sum =
          make(at, Opcode.ADD, inst.type, x, bias(at, x, Long.numberOfTrailingZeros(magnitude)));
      return edit(inst, Opcode.SUB, x, make(at, Opcode.AND, sum, -magnitude));
    }
    // x % c => x - x / c * c
    return minusMultiple(inst, at, x, MagicDivision.signed(at, x, c), c);
  }

  private static Inst minusMultiple(Inst inst, Cursor at, Inst x, Inst quotient, long c) {
    return edit(inst, Opcode.SUB, x, make(at, Opcode.MUL, quotient, c));
  }

  private static Inst copy(Inst inst, Cursor at) {
    return at.function().newInst(Opcode.DIV_U, inst.type, inst.args[0], inst.args[1]);
  }
}
