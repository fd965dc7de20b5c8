package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.isa.x64.inst.FmaOp;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecShiftOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.machine.lower.Selection;

/** Selects operations on lanes that are floats, and conversions. */
final class VectorFloatSelector {
  private static final int EQUAL = 0;
  private static final int LESS = 1;
  private static final int LESS_OR_EQUAL = 2;
  private static final int UNORDERED = 3;
  private static final int NOT_EQUAL = 4;
  private static final int NEAREST = 8;
  private static final int FLOOR = 9;
  private static final int CEIL = 10;
  private static final int TRUNCATE = 11;

  /** 2^31 in both halves. */
  private static final long F32_TWO31 = 0x4f00_0000_4f00_0000L;

  private static final long F32_TWO16 = 0x4780_0000_4780_0000L;
  private static final long F64_TWO52 = 0x4330_0000_0000_0000L;

  /** The upper words of 2^52. */
  private static final long TWO52_HIGH = 0x4330_0000_4330_0000L;

  private static final long F64_INT_MAX = Double.doubleToRawLongBits(Integer.MAX_VALUE);
  private static final long F64_UNSIGNED_MAX = Double.doubleToRawLongBits(0xffff_ffffL);

  private final Selection<X64Inst> selection;
  private final VectorBuffer out;

  VectorFloatSelector(VectorBuffer out) {
    this.out = out;
    selection = out.selection;
  }

  void select(Inst inst, Shape shape) {
    boolean wide = shape == Shape.F64X2;
    switch (inst.op) {
      case VFABS -> out.op(VecOp.PAND, def(inst), reg(inst, 0), Pool.magnitudeMask(wide));
      case VFNEG -> out.op(VecOp.PXOR, def(inst), reg(inst, 0), Pool.signMask(wide));
      case VFNEAREST -> round(inst, wide, NEAREST);
      case VFFLOOR -> round(inst, wide, FLOOR);
      case VFCEIL -> round(inst, wide, CEIL);
      case VFTRUNC -> round(inst, wide, TRUNCATE);
      case VFEQ -> compare(inst, wide, EQUAL, false);
      case VFNE -> compare(inst, wide, NOT_EQUAL, false);
      case VFLT -> compare(inst, wide, LESS, false);
      case VFLE -> compare(inst, wide, LESS_OR_EQUAL, false);
      case VFGT -> compare(inst, wide, LESS, true);
      case VFGE -> compare(inst, wide, LESS_OR_EQUAL, true);
      // The processor's give the second operand unless the first is less, or greater.
      case VFPMIN ->
          out.op(wide ? VecOp.MINPD : VecOp.MINPS, def(inst), reg(inst, 1), source(inst, 0));
      case VFPMAX ->
          out.op(wide ? VecOp.MAXPD : VecOp.MAXPS, def(inst), reg(inst, 1), source(inst, 0));
      case VMADD, VNMADD -> multiplyAdd(inst, wide);
      case VFMIN -> min(inst, wide);
      case VFMAX -> max(inst, wide);
      case VTRUNC_SAT_S -> truncateSigned(inst);
      case VTRUNC_SAT_U -> truncateUnsigned(inst);
      case VTRUNC_SAT_ZERO_S -> truncateWideSigned(inst);
      case VTRUNC_SAT_ZERO_U -> truncateWideUnsigned(inst);
      case VCONVERT_U -> convertUnsigned(inst, wide);
      default -> throw new IllegalArgumentException(inst.op + "." + shape);
    }
  }

  private int def(Inst inst) {
    return selection.def(inst);
  }

  private int reg(Inst inst, int arg) {
    return selection.reg(inst.args[arg]);
  }

  private Source source(Inst inst, int arg) {
    return out.source(inst.args[arg]);
  }

  private void round(Inst inst, boolean wide, int mode) {
    VecUnaryOp op = wide ? VecUnaryOp.ROUNDPD : VecUnaryOp.ROUNDPS;
    out.unary(op, def(inst), source(inst, 0), mode);
  }

  private void compare(Inst inst, boolean wide, int predicate, boolean exchange) {
    VecOp op = wide ? VecOp.CMPPD : VecOp.CMPPS;
    out.op(op, def(inst), reg(inst, exchange ? 1 : 0), source(inst, exchange ? 0 : 1), predicate);
  }

  private void multiplyAdd(Inst inst, boolean wide) {
    boolean adds = inst.op == Opcode.VMADD;
    if (out.fma()) {
      FmaOp op =
          adds ? wide ? FmaOp.MADD_PD : FmaOp.MADD_PS : wide ? FmaOp.NMADD_PD : FmaOp.NMADD_PS;
      boolean exchange = out.isInMemory(inst.args[0]) && !out.isInMemory(inst.args[1]);
      Source right = source(inst, exchange ? 0 : 1);
      out.fma(op, def(inst), reg(inst, 2), reg(inst, exchange ? 1 : 0), right);
      return;
    }
    int product = out.op(wide ? VecOp.MULPD : VecOp.MULPS, reg(inst, 0), source(inst, 1));
    VecOp sum = adds ? wide ? VecOp.ADDPD : VecOp.ADDPS : wide ? VecOp.SUBPD : VecOp.SUBPS;
    out.op(sum, def(inst), reg(inst, 2), product);
  }

  /** The minimum in both orders differs for zeros, where the signs are merged, and for NaNs. */
  private void min(Inst inst, boolean wide) {
    VecOp min = wide ? VecOp.MINPD : VecOp.MINPS;
    int a = reg(inst, 0);
    int b = reg(inst, 1);
    int merged = out.op(VecOp.POR, out.op(min, a, b), out.op(min, b, a));
    int nan = unordered(merged, wide);
    clearPayloads(def(inst), out.op(VecOp.POR, merged, nan), nan, wide);
  }

  private void max(Inst inst, boolean wide) {
    VecOp max = wide ? VecOp.MAXPD : VecOp.MAXPS;
    int a = reg(inst, 0);
    int b = reg(inst, 1);
    int first = out.op(max, a, b);
    int difference = out.op(VecOp.PXOR, out.op(max, b, a), first);
    int merged = out.op(VecOp.POR, first, difference);
    // Of zeros that differ, -0 - -0 is +0; what is equal is left as it is, and NaNs are.
    int result = out.op(wide ? VecOp.SUBPD : VecOp.SUBPS, merged, difference);
    clearPayloads(def(inst), result, unordered(result, wide), wide);
  }

  private int unordered(int value, boolean wide) {
    return out.op(wide ? VecOp.CMPPD : VecOp.CMPPS, value, new Reg(value), UNORDERED);
  }

  /** Makes quiet NaNs canonical: sign, exponent and the highest bit of the fraction stay. */
  private void clearPayloads(int dst, int value, int nan, boolean wide) {
    int payload = out.shift(wide ? VecShiftOp.PSRLQ : VecShiftOp.PSRLD, nan, wide ? 13 : 10);
    out.op(VecOp.PANDN, dst, payload, value);
  }

  /** The conversion gives 80000000h for all that does not fit. */
  private void truncateSigned(Inst inst) {
    int x = reg(inst, 0);
    int numbers = out.op(VecOp.PAND, out.op(VecOp.CMPPS, x, new Reg(x), EQUAL), new Reg(x));
    int tooLarge = out.op(VecOp.CMPPS, out.constant(F32_TWO31), new Reg(numbers), LESS_OR_EQUAL);
    int converted = out.unary(VecUnaryOp.CVTTPS2DQ, numbers);
    out.op(VecOp.PXOR, def(inst), converted, tooLarge);
  }

  /** As signed, and what is above 2^31 as signed again. */
  private void truncateUnsigned(Inst inst) {
    int x = out.op(VecOp.MAXPS, reg(inst, 0), out.constant(0));
    if (out.avx512()) {
      // What is too large becomes all ones.
      out.unary(VecUnaryOp.VCVTTPS2UDQ, def(inst), new Reg(x));
      return;
    }
    int above = out.op(VecOp.SUBPS, x, VectorBuffer.pool(F32_TWO31));
    int tooLarge = out.op(VecOp.CMPPS, out.constant(F32_TWO31), new Reg(above), LESS_OR_EQUAL);
    int rest = out.op(VecOp.PXOR, out.unary(VecUnaryOp.CVTTPS2DQ, above), tooLarge);
    int positive = out.op(VecOp.PMAXSD, rest, out.constant(0));
    out.op(VecOp.PADDD, def(inst), out.unary(VecUnaryOp.CVTTPS2DQ, x), positive);
  }

  private void truncateWideSigned(Inst inst) {
    int x = reg(inst, 0);
    int numbers = out.op(VecOp.CMPPD, x, new Reg(x), EQUAL);
    // 0 where x is a NaN, which is what the minimum gives then.
    int most = out.op(VecOp.PAND, numbers, VectorBuffer.pool(F64_INT_MAX));
    int bounded = out.op(VecOp.MINPD, x, most);
    out.unary(VecUnaryOp.CVTTPD2DQ, def(inst), new Reg(bounded));
  }

  /** Plus 2^52, an integer is the lower half of the fraction. */
  private void truncateWideUnsigned(Inst inst) {
    int zero = out.constant(0);
    int positive = out.op(VecOp.MAXPD, reg(inst, 0), zero);
    if (out.avx512()) {
      out.unary(VecUnaryOp.VCVTTPD2UDQ, def(inst), new Reg(positive));
      return;
    }
    int bounded = out.op(VecOp.MINPD, positive, VectorBuffer.pool(F64_UNSIGNED_MAX));
    int whole = out.unary(VecUnaryOp.ROUNDPD, new Reg(bounded), TRUNCATE);
    int sum = out.op(VecOp.ADDPD, whole, VectorBuffer.pool(F64_TWO52));
    out.op(VecOp.SHUFPS, def(inst), sum, new Reg(zero), 0x88);
  }

  private void convertUnsigned(Inst inst, boolean wide) {
    int x = reg(inst, 0);
    if (out.avx512()) {
      VecUnaryOp op = wide ? VecUnaryOp.VCVTUDQ2PD : VecUnaryOp.VCVTUDQ2PS;
      out.unary(op, def(inst), new Reg(x));
      return;
    }
    if (wide) {
      int words = out.op(VecOp.UNPCKLPS, x, VectorBuffer.pool(TWO52_HIGH));
      out.op(VecOp.SUBPD, def(inst), words, VectorBuffer.pool(F64_TWO52));
      return;
    }
    // Both halves are exact, their sum is rounded once.
    int low = out.op(VecOp.PBLENDW, x, new Reg(out.constant(0)), 0xaa);
    int high = out.unary(VecUnaryOp.CVTDQ2PS, out.shift(VecShiftOp.PSRLD, x, 16));
    int scaled = out.op(VecOp.MULPS, high, VectorBuffer.pool(F32_TWO16));
    out.op(VecOp.ADDPS, def(inst), scaled, out.unary(VecUnaryOp.CVTDQ2PS, low));
  }
}
