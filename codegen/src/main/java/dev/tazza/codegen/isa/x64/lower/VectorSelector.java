package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecShiftOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.machine.lower.Selection;

/**
 * Selects vector operations: bitwise and integer ones here, floats in {@link VectorFloatSelector},
 * lanes in {@link LaneSelector}, shuffles in {@link ShuffleSelector}, shifts in {@link
 * VectorShiftSelector}. What the processor has no instruction for becomes a few of them.
 */
final class VectorSelector {
  private static final long ONES = -1L;
  private static final long BYTE_ONES = 0x0101_0101_0101_0101L;
  private static final long WORD_ONES = 0x0001_0001_0001_0001L;
  private static final long WORD_SIGNS = 0x8000_8000_8000_8000L;

  /** Of bits a, b, c: a where c is 1, b where it is 0. */
  private static final int CHOICE = 0b1110_0100;

  /** Of the eight cases of three bits, in which each of them is 1. */
  private static final int TABLE_A = 0b1111_0000;

  private static final int TABLE_B = 0b1100_1100;
  private static final int TABLE_C = 0b1010_1010;

  private static final long NIBBLES = 0x0f0f_0f0f_0f0f_0f0fL;

  private final Selection<X64Inst> selection;
  private final VectorBuffer out;
  private final VectorFloatSelector floats;
  private final LaneSelector lanes;
  private final ShuffleSelector shuffles;
  private final VectorShiftSelector shifts;

  VectorSelector(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    out = new VectorBuffer(selection, memory);
    floats = new VectorFloatSelector(out);
    lanes = new LaneSelector(out, memory);
    shuffles = new ShuffleSelector(out);
    shifts = new VectorShiftSelector(out);
  }

  LaneSelector lanes() {
    return lanes;
  }

  void select(Inst inst) {
    Shape shape = inst.shape();
    if (shape == null) {
      bitwise(inst);
      return;
    }
    VecOp binary = VectorOps.binary(inst.op, shape);
    if (binary != null) {
      binary(inst, binary);
      return;
    }
    VecUnaryOp unary = VectorOps.unary(inst.op, shape);
    if (unary != null) {
      unary(inst, unary);
      return;
    }
    switch (inst.op) {
      case VSPLAT -> lanes.splat(inst, shape);
      case VEXTRACT_LANE, VEXTRACT_LANE_S -> lanes.extract(inst, shape);
      case VREPLACE_LANE -> lanes.replace(inst, shape);
      case VBITMASK -> lanes.bitmask(inst, shape);
      case VSHL, VSHR_S, VSHR_U -> shifts.shift(inst, shape);
      case VMUL -> multiplyLong(inst);
      case VNEG ->
          out.op(
              VectorOps.require(Opcode.VSUB, shape), def(inst), out.constant(0), source(inst, 0));
      case VABS -> absoluteLong(inst);
      case VPOPCNT -> popcnt(inst);
      case VQ15MULR_SAT_S -> q15(inst);
      case VNE, VLT_S, VLE_S, VGE_S, VLT_U, VGT_U, VLE_U, VGE_U -> compare(inst, shape);
      case VEXTEND_HIGH_S, VEXTEND_HIGH_U -> extendHigh(inst.op, shape, def(inst), reg(inst, 0));
      case VEXTMUL_LOW_S, VEXTMUL_LOW_U, VEXTMUL_HIGH_S, VEXTMUL_HIGH_U ->
          extendedProduct(inst, shape);
      case VEXTADD_PAIRWISE_S, VEXTADD_PAIRWISE_U -> pairwise(inst, shape);
      default -> floats.select(inst, shape);
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

  private void binary(Inst inst, VecOp op) {
    boolean exchange =
        inst.op.isCommutative() && out.isInMemory(inst.args[0]) && !out.isInMemory(inst.args[1]);
    Source right = source(inst, exchange ? 0 : 1);
    out.op(op, def(inst), reg(inst, exchange ? 1 : 0), right);
  }

  private void unary(Inst inst, VecUnaryOp op) {
    // Half of a load must not stand for the whole, which may trap.
    out.unary(op, def(inst), op.bytes == 8 ? lanes.half(inst.args[0]) : source(inst, 0));
  }

  private void bitwise(Inst inst) {
    switch (inst.op) {
      case VNOT -> out.op(VecOp.PXOR, def(inst), reg(inst, 0), VectorBuffer.pool(ONES));
      case VAND -> logic(inst, VecOp.PAND);
      case VOR -> {
        if (!shifts.rotate(inst)) {
          logic(inst, VecOp.POR);
        }
      }
      case VXOR -> logic(inst, VecOp.PXOR);
      case VANDNOT -> out.op(VecOp.PANDN, def(inst), reg(inst, 1), source(inst, 0));
      case VBITSELECT -> {
        if (out.avx512()) {
          out.ternary(def(inst), reg(inst, 0), reg(inst, 1), reg(inst, 2), CHOICE);
          return;
        }
        int chosen = out.op(VecOp.PAND, reg(inst, 2), source(inst, 0));
        int other = out.op(VecOp.PANDN, reg(inst, 2), source(inst, 1));
        out.op(VecOp.POR, def(inst), other, chosen);
      }
      case VSHUFFLE -> shuffles.shuffle(inst);
      case VSWIZZLE -> shuffles.swizzle(inst);
      default -> throw new IllegalArgumentException(inst.op.text());
    }
  }

  /** With AVX-512VL, two operations on three vectors are one. */
  private void logic(Inst inst, VecOp op) {
    for (int i = 0; i < 2 && out.avx512(); i++) {
      Inst inner = selection.value(inst.args[i]);
      Inst other = inst.args[1 - i];
      if (isLogic(inner.op)
          && !selection.isAskedFor(inner)
          && !out.isInMemory(other)
          && !out.isInMemory(inner.args[0])
          && !out.isInMemory(inner.args[1])) {
        int table = table(inst.op, table(inner.op, TABLE_A, TABLE_B), TABLE_C);
        int first = reg(inner, 0);
        int second = reg(inner, 1);
        out.ternary(def(inst), first, second, selection.reg(other), table);
        return;
      }
    }
    binary(inst, op);
  }

  private static boolean isLogic(Opcode op) {
    return op == Opcode.VAND || op == Opcode.VOR || op == Opcode.VXOR || op == Opcode.VANDNOT;
  }

  private static int table(Opcode op, int left, int right) {
    return switch (op) {
      case VAND -> left & right;
      case VANDNOT -> left & ~right;
      case VOR -> left | right;
      default -> left ^ right;
    };
  }

  // Comparisons: the processor has "equal" and "greater", signed.

  private void compare(Inst inst, Shape shape) {
    VecOp equal = VectorOps.require(Opcode.VEQ, shape);
    VecOp greater = VectorOps.require(Opcode.VGT_S, shape);
    int dst = def(inst);
    switch (inst.op) {
      case VNE -> not(dst, out.op(equal, reg(inst, 0), source(inst, 1)));
      case VLT_S -> out.op(greater, dst, reg(inst, 1), source(inst, 0));
      case VLE_S -> {
        if (shape == Shape.I64X2) {
          not(dst, out.op(greater, reg(inst, 0), source(inst, 1)));
        } else {
          extreme(inst, dst, VectorOps.require(Opcode.VMIN_S, shape), equal);
        }
      }
      case VGE_S -> {
        if (shape == Shape.I64X2) {
          not(dst, out.op(greater, reg(inst, 1), source(inst, 0)));
        } else {
          extreme(inst, dst, VectorOps.require(Opcode.VMAX_S, shape), equal);
        }
      }
      case VLE_U -> extreme(inst, dst, VectorOps.require(Opcode.VMIN_U, shape), equal);
      case VGE_U -> extreme(inst, dst, VectorOps.require(Opcode.VMAX_U, shape), equal);
      default -> {
        int opposite = selection.newVector();
        Opcode extreme = inst.op == Opcode.VGT_U ? Opcode.VMIN_U : Opcode.VMAX_U;
        extreme(inst, opposite, VectorOps.require(extreme, shape), equal);
        not(dst, opposite);
      }
    }
  }

  private void not(int dst, int value) {
    out.op(VecOp.PXOR, dst, value, VectorBuffer.pool(ONES));
  }

  /** a <= b when min(a, b) is a, a >= b when max(a, b) is a. */
  private void extreme(Inst inst, int dst, VecOp op, VecOp equal) {
    int left = reg(inst, 0);
    out.op(equal, dst, out.op(op, left, source(inst, 1)), left);
  }

  // Arithmetic.

  /** (a.high * b.low + a.low * b.high << 32) + a.low * b.low */
  private void multiplyLong(Inst inst) {
    int a = reg(inst, 0);
    int b = reg(inst, 1);
    int left = out.op(VecOp.PMULUDQ, out.shift(VecShiftOp.PSRLQ, a, 32), b);
    int right = out.op(VecOp.PMULUDQ, out.shift(VecShiftOp.PSRLQ, b, 32), a);
    int high = out.shift(VecShiftOp.PSLLQ, out.op(VecOp.PADDQ, left, right), 32);
    out.op(VecOp.PADDQ, def(inst), out.op(VecOp.PMULUDQ, a, b), high);
  }

  /** (x ^ s) - s, where s is -1 for negative lanes. */
  private void absoluteLong(Inst inst) {
    int x = reg(inst, 0);
    if (out.avx512()) {
      out.unary(VecUnaryOp.VPABSQ, def(inst), new Reg(x));
      return;
    }
    int signs = out.op(VecOp.PCMPGTQ, out.constant(0), x);
    out.op(VecOp.PSUBQ, def(inst), out.op(VecOp.PXOR, x, signs), signs);
  }

  /** By a table for each half of a byte (Muła). */
  private void popcnt(Inst inst) {
    int x = reg(inst, 0);
    long low = 0x0302_0201_0201_0100L;
    long high = 0x0403_0302_0302_0201L;
    int below = out.op(VecOp.PAND, x, VectorBuffer.pool(NIBBLES));
    int above = out.op(VecOp.PAND, out.shift(VecShiftOp.PSRLW, x, 4), VectorBuffer.pool(NIBBLES));
    int countBelow = out.op(VecOp.PSHUFB, out.constant(low, high), below);
    int countAbove = out.op(VecOp.PSHUFB, out.constant(low, high), above);
    out.op(VecOp.PADDB, def(inst), countBelow, countAbove);
  }

  /** pmulhrsw gives -1 for -1 * -1, the only product that does not fit. */
  private void q15(Inst inst) {
    int product = out.op(VecOp.PMULHRSW, reg(inst, 0), source(inst, 1));
    int wrong = out.op(VecOp.PCMPEQW, product, VectorBuffer.pool(WORD_SIGNS));
    out.op(VecOp.PXOR, def(inst), product, wrong);
  }

  // Between widths.

  private void extendHigh(Opcode op, Shape shape, int dst, int src) {
    boolean signed = op == Opcode.VEXTEND_HIGH_S || op == Opcode.VEXTMUL_HIGH_S;
    switch (shape) {
      case I16X8 -> {
        if (signed) {
          out.shift(VecShiftOp.PSRAW, dst, out.op(VecOp.PUNPCKHBW, src, src), 8);
        } else {
          out.op(VecOp.PUNPCKHBW, dst, src, out.constant(0));
        }
      }
      case I32X4 -> {
        if (signed) {
          out.shift(VecShiftOp.PSRAD, dst, out.op(VecOp.PUNPCKHWD, src, src), 16);
        } else {
          out.op(VecOp.PUNPCKHWD, dst, src, out.constant(0));
        }
      }
      default -> {
        if (signed) {
          int high = out.unary(VecUnaryOp.PSHUFD, new Reg(src), 0xee);
          out.unary(VecUnaryOp.PMOVSXDQ, dst, new Reg(high));
        } else {
          out.op(VecOp.PUNPCKHDQ, dst, src, out.constant(0));
        }
      }
    }
  }

  private int extend(Inst inst, Shape shape, int arg) {
    int dst = selection.newVector();
    switch (inst.op) {
      case VEXTMUL_LOW_S ->
          out.unary(low(Opcode.VEXTEND_LOW_S, shape), dst, lanes.half(inst.args[arg]));
      case VEXTMUL_LOW_U ->
          out.unary(low(Opcode.VEXTEND_LOW_U, shape), dst, lanes.half(inst.args[arg]));
      default -> extendHigh(inst.op, shape, dst, reg(inst, arg));
    }
    return dst;
  }

  private static VecUnaryOp low(Opcode op, Shape shape) {
    VecUnaryOp found = VectorOps.unary(op, shape);
    if (found == null) {
      throw new IllegalArgumentException(op + "." + shape);
    }
    return found;
  }

  private void extendedProduct(Inst inst, Shape shape) {
    boolean signed = inst.op == Opcode.VEXTMUL_LOW_S || inst.op == Opcode.VEXTMUL_HIGH_S;
    boolean low = inst.op == Opcode.VEXTMUL_LOW_S || inst.op == Opcode.VEXTMUL_LOW_U;
    switch (shape) {
      case I16X8 -> {
        int left = extend(inst, shape, 0);
        out.op(VecOp.PMULLW, def(inst), left, extend(inst, shape, 1));
      }
      case I32X4 -> {
        int a = reg(inst, 0);
        int b = reg(inst, 1);
        int below = out.op(VecOp.PMULLW, a, b);
        int above = out.op(signed ? VecOp.PMULHW : VecOp.PMULHUW, a, b);
        out.op(low ? VecOp.PUNPCKLWD : VecOp.PUNPCKHWD, def(inst), below, above);
      }
      default -> {
        int order = low ? 0x50 : 0xfa;
        int a = out.unary(VecUnaryOp.PSHUFD, source(inst, 0), order);
        int b = out.unary(VecUnaryOp.PSHUFD, source(inst, 1), order);
        out.op(signed ? VecOp.PMULDQ : VecOp.PMULUDQ, def(inst), a, b);
      }
    }
  }

  private void pairwise(Inst inst, Shape shape) {
    boolean signed = inst.op == Opcode.VEXTADD_PAIRWISE_S;
    if (shape == Shape.I16X8) {
      // Unsigned bytes on the left, signed ones on the right.
      if (signed) {
        out.op(VecOp.PMADDUBSW, def(inst), out.constant(BYTE_ONES), source(inst, 0));
      } else {
        out.op(VecOp.PMADDUBSW, def(inst), reg(inst, 0), VectorBuffer.pool(BYTE_ONES));
      }
    } else if (signed) {
      out.op(VecOp.PMADDWD, def(inst), reg(inst, 0), VectorBuffer.pool(WORD_ONES));
    } else {
      // Less 2^15 each, as signed words.
      int moved = out.op(VecOp.PXOR, reg(inst, 0), VectorBuffer.pool(WORD_SIGNS));
      int sums = out.op(VecOp.PMADDWD, moved, VectorBuffer.pool(WORD_ONES));
      out.op(VecOp.PADDD, def(inst), sums, VectorBuffer.pool(0x0001_0000_0001_0000L));
    }
  }

  // Conditions.

  /**
   * A vector of which {@code ptest} with itself tells the condition: not zero for any_true, zero
   * for all_true.
   */
  int tested(Inst inst) {
    Shape shape = inst.shape();
    if (shape == null) {
      return reg(inst, 0);
    }
    return out.op(VectorOps.require(Opcode.VEQ, shape), reg(inst, 0), out.constant(0));
  }
}
