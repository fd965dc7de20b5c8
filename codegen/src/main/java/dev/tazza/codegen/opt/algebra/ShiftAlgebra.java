package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.edit;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Rules for shifts and rotations, whose counts are taken modulo the width. */
final class ShiftAlgebra {
  private ShiftAlgebra() {}

  static @Nullable Inst shift(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    int mask = inst.type.bits() - 1;
    if (y.op == Opcode.ICONST) {
      int count = (int) y.imm & mask;
      // x << 0 => x
      if (count == 0) {
        return x;
      }
      // x << c => x << (c mod width)
      if (count != y.imm) {
        return edit(at, inst, inst.op, x, count);
      }
      return byConstant(inst, at, x, count);
    }
    // x << (y & mask) => x << y, when the mask keeps the bits that count
    if (hasConstant(y, Opcode.AND) && (constant(y) & mask) == mask) {
      return edit(inst, inst.op, x, y.args[0]);
    }
    // 0 << y => 0, also for the other shifts and the rotations; -1 alike but for << and >>>
    if (x.isInt(0) || x.isInt(-1) && inst.op != Opcode.SHL && inst.op != Opcode.SHR_U) {
      return x;
    }
    return null;
  }

  private static @Nullable Inst byConstant(Inst inst, Cursor at, Inst x, int count) {
    return switch (inst.op) {
      case SHL -> left(inst, at, x, count);
      case SHR_U -> right(inst, at, x, count);
      case SHR_S -> rightSigned(inst, at, x, count);
      // rotr(x, c) => rotl(x, width - c)
      case ROTR -> edit(at, inst, Opcode.ROTL, x, inst.type.bits() - count);
      default -> rotate(inst, at, x, count);
    };
  }

  private static @Nullable Inst left(Inst inst, Cursor at, Inst x, int count) {
    int bits = inst.type.bits();
    // (x << c1) << c2 => x << (c1 + c2), or 0
    if (hasConstant(x, Opcode.SHL)) {
      long sum = constant(x) + count;
      return sum >= bits ? at.iconst(inst.type, 0) : edit(at, inst, Opcode.SHL, x.args[0], sum);
    }
    // (x >>> c) << c => x & -(1 << c), also for >>
    if ((hasConstant(x, Opcode.SHR_U) || hasConstant(x, Opcode.SHR_S))
        && constant(x) == count
        && fitsImmediate(inst.type, -1L << count)) {
      return edit(at, inst, Opcode.AND, x.args[0], -1L << count);
    }
    return null;
  }

  private static @Nullable Inst right(Inst inst, Cursor at, Inst x, int count) {
    int bits = inst.type.bits();
    // (x >>> c1) >>> c2 => x >>> (c1 + c2), or 0
    if (hasConstant(x, Opcode.SHR_U)) {
      long sum = constant(x) + count;
      return sum >= bits ? at.iconst(inst.type, 0) : edit(at, inst, Opcode.SHR_U, x.args[0], sum);
    }
    // (x >> c1) >>> (width - 1) => x >>> (width - 1): the sign
    if (hasConstant(x, Opcode.SHR_S) && count == bits - 1) {
      return edit(inst, Opcode.SHR_U, x.args[0], inst.args[1]);
    }
    // x >>> c => 0, when x has no ones from bit c on
    if (KnownBits.possibleOnes(x) >>> count == 0) {
      return at.iconst(inst.type, 0);
    }
    if (hasConstant(x, Opcode.SHL) && constant(x) == count) {
      // (x << 32) >>> 32 => uextend(wrap(x))
      if (inst.type == Type.I64 && count == 32) {
        return edit(inst, Opcode.UEXTEND, Algebra.make(at, Opcode.WRAP, Type.I32, x.args[0]));
      }
      // (x << c) >>> c => x & (-1 >>> c)
      long mask = BitAlgebra.lowMask(bits - count);
      if (fitsImmediate(inst.type, mask)) {
        return edit(at, inst, Opcode.AND, x.args[0], mask);
      }
    }
    return null;
  }

  private static @Nullable Inst rightSigned(Inst inst, Cursor at, Inst x, int count) {
    int bits = inst.type.bits();
    // (x >> c1) >> c2 => x >> min(c1 + c2, width - 1)
    if (hasConstant(x, Opcode.SHR_S)) {
      return edit(at, inst, Opcode.SHR_S, x.args[0], Math.min(constant(x) + count, bits - 1));
    }
    // (x << (width - n)) >> (width - n) => extendn_s(x)
    if (hasConstant(x, Opcode.SHL) && constant(x) == count) {
      Opcode extension =
          switch (bits - count) {
            case 8 -> Opcode.EXTEND8_S;
            case 16 -> Opcode.EXTEND16_S;
            case 32 -> Opcode.EXTEND32_S;
            default -> null;
          };
      if (extension != null) {
        return edit(inst, extension, x.args[0]);
      }
    }
    // x >> c => x >>> c, when x is not negative
    if (KnownBits.isNonNegative(x)) {
      return edit(inst, Opcode.SHR_U, x, inst.args[1]);
    }
    return null;
  }

  private static @Nullable Inst rotate(Inst inst, Cursor at, Inst x, int count) {
    // rotl(rotl(x, c1), c2) => rotl(x, c1 + c2)
    if (hasConstant(x, Opcode.ROTL)) {
      return edit(at, inst, Opcode.ROTL, x.args[0], constant(x) + count);
    }
    return null;
  }

  /**
   * Whether machine instructions can hold the constant; a wider one would need an instruction of
   * its own.
   */
  static boolean fitsImmediate(Type type, long value) {
    return type == Type.I32 || value == (int) value;
  }
}
