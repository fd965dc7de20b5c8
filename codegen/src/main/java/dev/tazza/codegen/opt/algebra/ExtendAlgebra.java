package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.edit;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;
import static dev.tazza.codegen.opt.algebra.Algebra.make;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Rules for extending and wrapping. */
final class ExtendAlgebra {
  private static final long LOW_32 = 0xffff_ffffL;

  private ExtendAlgebra() {}

  /** How many low bits one of the extendN_s operations keeps. */
  static int lowBits(Opcode op) {
    return switch (op) {
      case EXTEND8_S -> 8;
      case EXTEND16_S -> 16;
      case EXTEND32_S -> 32;
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  static @Nullable Inst extendLow(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    int bits = lowBits(inst.op);
    // extendN_s(x) => x, when x is a small non-negative number
    if (KnownBits.possibleOnes(x) >>> bits - 1 == 0) {
      return x;
    }
    switch (x.op) {
      // extendN_s(extendM_s(x)) => extendM_s(x) when M <= N, else extendN_s(x)
      case EXTEND8_S, EXTEND16_S, EXTEND32_S -> {
        return lowBits(x.op) <= bits ? x : edit(inst, inst.op, x.args[0]);
      }
      // extendN_s(load of M bits, signed) => the load, when M <= N
      case LOAD -> {
        MemoryAccess access = x.access;
        return access != null && access.signed() && access.bytes() * 8 <= bits ? x : null;
      }
      // extend32_s(sextend(x)) => sextend(x)
      case SEXTEND -> {
        return bits == 32 ? x : null;
      }
      // extend32_s(uextend(x)) => sextend(x)
      case UEXTEND -> {
        return bits == 32 ? edit(inst, Opcode.SEXTEND, x.args[0]) : null;
      }
      // extendN_s(x & c) => extendN_s(x), when c keeps the low N bits
      case AND -> {
        long mask = BitAlgebra.lowMask(bits);
        boolean keeps = hasConstant(x, Opcode.AND) && (constant(x) & mask) == mask;
        return keeps ? edit(inst, inst.op, x.args[0]) : null;
      }
      // extendN_s(x >>> (width - N)) => x >> (width - N)
      case SHR_U -> {
        boolean top = hasConstant(x, Opcode.SHR_U) && constant(x) == inst.type.bits() - bits;
        return top ? edit(at, inst, Opcode.SHR_S, x.args[0], constant(x)) : null;
      }
      default -> {
        return null;
      }
    }
  }

  static @Nullable Inst uextend(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    // uextend(wrap(x)) => x, when the upper half of x is zero
    if (x.op == Opcode.WRAP && KnownBits.possibleOnes(x.args[0]) >>> 32 == 0) {
      return x.args[0];
    }
    // uextend(x + c) => uextend(x) + c, when the sum does not wrap around: addresses can hold the
    // constant
    if (hasConstant(x, Opcode.ADD)) {
      long c = constant(x) & LOW_32;
      Inst base = x.args[0];
      if (c == (int) c && KnownBits.possibleOnes(base) + c <= LOW_32) {
        return edit(at, inst, Opcode.ADD, make(at, Opcode.UEXTEND, Type.I64, base), c);
      }
    }
    // uextend(x << c) => uextend(x) << c, when no one is shifted out: addresses can scale
    if (hasConstant(x, Opcode.SHL) && constant(x) > 0 && constant(x) <= 3) {
      long c = constant(x);
      if (KnownBits.possibleOnes(x.args[0]) << c <= LOW_32) {
        return edit(at, inst, Opcode.SHL, make(at, Opcode.UEXTEND, Type.I64, x.args[0]), c);
      }
    }
    return null;
  }

  static @Nullable Inst sextend(Inst inst) {
    Inst x = inst.args[0];
    // sextend(wrap(x)) => extend32_s(x)
    if (x.op == Opcode.WRAP) {
      return edit(inst, Opcode.EXTEND32_S, x.args[0]);
    }
    // sextend(x) => uextend(x), when x is not negative
    if (KnownBits.isNonNegative(x)) {
      return edit(inst, Opcode.UEXTEND, x);
    }
    return null;
  }

  static @Nullable Inst wrap(Inst inst) {
    Inst x = inst.args[0];
    switch (x.op) {
      // wrap(uextend(x)) => x, also for sextend
      case UEXTEND, SEXTEND -> {
        return x.args[0];
      }
      // wrap(extend32_s(x)) => wrap(x)
      case EXTEND32_S -> {
        return edit(inst, Opcode.WRAP, x.args[0]);
      }
      // wrap(x & c) => wrap(x), when c keeps the low half
      case AND -> {
        boolean keeps = hasConstant(x, Opcode.AND) && (constant(x) & LOW_32) == LOW_32;
        return keeps ? edit(inst, Opcode.WRAP, x.args[0]) : null;
      }
      // wrap(x | c) => wrap(x), when c leaves the low half alone; also for ^ and +
      case OR, XOR, ADD -> {
        boolean keeps = hasConstant(x, x.op) && (constant(x) & LOW_32) == 0;
        return keeps ? edit(inst, Opcode.WRAP, x.args[0]) : null;
      }
      default -> {
        return null;
      }
    }
  }
}
