package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.make;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import java.math.BigInteger;

/**
 * Division by a constant as multiplication by a scaled reciprocal (T. Granlund, P. Montgomery,
 * "Division by invariant integers using multiplication", 1994; H. Warren, "Hacker's Delight",
 * chapter 10).
 *
 * <p>{@code floor(x / d) = floor(x * m / 2^p)} with {@code m = floor(2^p / d) + 1} holds for all
 * {@code 0 ≤ x ≤ 2^n} if the error {@code m * d - 2^p} is at most {@code 2^(p - n)}; the least such
 * p is used. I32 divides by a 64-bit product, which is cheaper than a high half.
 */
final class MagicDivision {
  private MagicDivision() {}

  /** A reciprocal: {@code multiplier / 2^shift}. */
  private record Magic(BigInteger multiplier, int shift) {}

  /**
   * The least reciprocal of {@code divisor} from {@code 2^leastShift} on that is exact for values
   * up to {@code 2^bits}.
   */
  private static Magic magic(BigInteger divisor, int bits, int leastShift) {
    int shift = leastShift;
    while (true) {
      BigInteger power = BigInteger.ONE.shiftLeft(shift);
      BigInteger multiplier = power.divide(divisor).add(BigInteger.ONE);
      BigInteger error = multiplier.multiply(divisor).subtract(power);
      if (error.compareTo(BigInteger.ONE.shiftLeft(shift - bits)) <= 0) {
        return new Magic(multiplier, shift);
      }
      shift++;
    }
  }

  /** {@code x / divisor}, unsigned; 2 < divisor < 2^(width - 1) and no power of two. */
  static Inst unsigned(Cursor at, Inst x, long divisor) {
    BigInteger d = BigInteger.valueOf(divisor);
    return x.type == Type.I32 ? unsigned32(at, x, d) : unsigned64(at, x, d);
  }

  private static Inst unsigned32(Cursor at, Inst x, BigInteger divisor) {
    Magic magic = magic(divisor, 32, 32);
    Inst wide = make(at, Opcode.UEXTEND, Type.I64, x);
    Inst quotient;
    if (magic.multiplier.bitLength() <= 32) {
      Inst product = make(at, Opcode.MUL, wide, magic.multiplier.longValue());
      quotient = make(at, Opcode.SHR_U, product, magic.shift);
    } else {
      // 33 bits: scaled up so that the high half of the product is the quotient.
      long multiplier = magic.multiplier.shiftLeft(64 - magic.shift).longValue();
      quotient = make(at, Opcode.MULHI_U, wide, multiplier);
    }
    return make(at, Opcode.WRAP, Type.I32, quotient);
  }

  private static Inst unsigned64(Cursor at, Inst x, BigInteger divisor) {
    Magic magic = magic(divisor, 64, 64);
    if (magic.multiplier.bitLength() <= 64) {
      Inst high = make(at, Opcode.MULHI_U, x, magic.multiplier.longValue());
      return make(at, Opcode.SHR_U, high, magic.shift - 64);
    }
    int zeros = divisor.getLowestSetBit();
    if (zeros > 0) {
      Magic odd = magic(divisor.shiftRight(zeros), 64 - zeros, 64);
      Inst shifted = make(at, Opcode.SHR_U, x, zeros);
      Inst high = make(at, Opcode.MULHI_U, shifted, odd.multiplier.longValue());
      return make(at, Opcode.SHR_U, high, odd.shift - 64);
    }
    // 65 bits: x * m / 2^64 = t + x with t the product without the top bit; averaged so that the
    // sum does not overflow.
    Inst t = make(at, Opcode.MULHI_U, x, magic.multiplier.longValue());
    Inst half = make(at, Opcode.SHR_U, make(at, Opcode.SUB, Type.I64, x, t), 1);
    Inst average = make(at, Opcode.ADD, Type.I64, half, t);
    return make(at, Opcode.SHR_U, average, magic.shift - 65);
  }

  /** {@code x / divisor}, signed; the divisor's magnitude is no power of two. */
  static Inst signed(Cursor at, Inst x, long divisor) {
    int bits = x.type.bits();
    Magic magic = magic(BigInteger.valueOf(divisor).abs(), bits - 1, bits);
    // Rounded down; one more when negative makes that rounded towards zero.
    Inst floor = x.type == Type.I32 ? floor32(at, x, magic) : floor64(at, x, magic);
    Inst sign = make(at, Opcode.SHR_U, x, bits - 1);
    Inst quotient = make(at, Opcode.ADD, x.type, floor, sign);
    return divisor < 0 ? make(at, Opcode.SUB, x.type, at.iconst(x.type, 0), quotient) : quotient;
  }

  private static Inst floor32(Cursor at, Inst x, Magic magic) {
    Inst wide = make(at, Opcode.SEXTEND, Type.I64, x);
    Inst product = make(at, Opcode.MUL, wide, magic.multiplier.longValue());
    return make(at, Opcode.WRAP, Type.I32, make(at, Opcode.SHR_S, product, magic.shift));
  }

  private static Inst floor64(Cursor at, Inst x, Magic magic) {
    Inst high = make(at, Opcode.MULHI_S, x, magic.multiplier.longValue());
    if (magic.multiplier.bitLength() == 64) {
      // The multiplier was taken as negative, 2^64 too low.
      high = make(at, Opcode.ADD, Type.I64, high, x);
    }
    return make(at, Opcode.SHR_S, high, magic.shift - 64);
  }
}
