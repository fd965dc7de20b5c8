package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.edit;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Rules for the bitwise operations. */
public final class BitAlgebra {
  private BitAlgebra() {}

  static @Nullable Inst and(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    // x & x => x
    if (x == y) {
      return x;
    }
    if (y.op != Opcode.ICONST) {
      return null;
    }
    long c = y.imm;
    // x & 0 => 0
    if (c == 0) {
      return y;
    }
    // x & c => x, when x has ones only where c has
    long ones = KnownBits.possibleOnes(x);
    if ((ones & ~c) == 0) {
      return x;
    }
    // x & c => 0, when x has zeros wherever c has ones
    if ((ones & c) == 0) {
      return at.iconst(inst.type, 0);
    }
    // (x & c1) & c2 => x & (c1 & c2)
    if (hasConstant(x, Opcode.AND)) {
      return edit(at, inst, Opcode.AND, x.args[0], constant(x) & c);
    }
    // (x | c1) & c2 => x & c2, when c1 & c2 is 0
    if (hasConstant(x, Opcode.OR) && (constant(x) & c) == 0) {
      return edit(inst, Opcode.AND, x.args[0], y);
    }
    // (x ^ c1) & c2 => x & c2, when c1 & c2 is 0
    if (hasConstant(x, Opcode.XOR) && (constant(x) & c) == 0) {
      return edit(inst, Opcode.AND, x.args[0], y);
    }
    // extendN_s(x) & c => x & c, when c has ones in the low N bits only
    if (isExtension(x) && (c & ~lowMask(ExtendAlgebra.lowBits(x.op))) == 0) {
      return edit(inst, Opcode.AND, x.args[0], y);
    }
    return null;
  }

  private static boolean isExtension(Inst x) {
    return x.op == Opcode.EXTEND8_S || x.op == Opcode.EXTEND16_S || x.op == Opcode.EXTEND32_S;
  }

  static @Nullable Inst or(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    // x | x => x
    if (x == y) {
      return x;
    }
    if (y.op != Opcode.ICONST) {
      return rotation(inst, at, x, y);
    }
    // x | 0 => x
    if (y.imm == 0) {
      return x;
    }
    // x | -1 => -1
    if (y.imm == -1) {
      return y;
    }
    // (x | c1) | c2 => x | (c1 | c2)
    if (hasConstant(x, Opcode.OR)) {
      return edit(at, inst, Opcode.OR, x.args[0], constant(x) | y.imm);
    }
    return null;
  }

  private static @Nullable Inst rotation(Inst inst, Cursor at, Inst x, Inst y) {
    if (x.op == Opcode.SHR_U && y.op == Opcode.SHL) {
      return rotation(inst, at, y, x);
    }
    // (x << c) | (x >>> (width - c)) => rotl(x, c)
    if (hasConstant(x, Opcode.SHL)
        && hasConstant(y, Opcode.SHR_U)
        && x.args[0] == y.args[0]
        && constant(x) + constant(y) == inst.type.bits()) {
      return edit(at, inst, Opcode.ROTL, x.args[0], constant(x));
    }
    return WideProductAlgebra.or(inst);
  }

  static @Nullable Inst xor(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    // x ^ x => 0
    if (x == y) {
      return at.iconst(inst.type, 0);
    }
    if (y.op != Opcode.ICONST) {
      return null;
    }
    // x ^ 0 => x
    if (y.imm == 0) {
      return x;
    }
    // (x ^ c1) ^ c2 => x ^ (c1 ^ c2)
    if (hasConstant(x, Opcode.XOR)) {
      return edit(at, inst, Opcode.XOR, x.args[0], constant(x) ^ y.imm);
    }
    // (a < b) ^ 1 => a >= b
    if (y.imm == 1 && inst.type == Type.I32 && CompareAlgebra.canInvert(x.op)) {
      return edit(inst, CompareAlgebra.inverse(x.op), x.args[0], x.args[1]);
    }
    return null;
  }

  /** Ones in the low {@code bits} bits, 0 to 64. */
  public static long lowMask(int bits) {
    return bits == 64 ? -1 : (1L << bits) - 1;
  }
}
