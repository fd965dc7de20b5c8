package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.isa.x64.inst.AluOp;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecShiftOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Alu;
import dev.tazza.codegen.machine.lower.Selection;

/**
 * Selects shifts of lanes. The processor has those of 16, 32 and 64 bits, but arithmetic ones of
 * 64, and rotations, only with AVX-512VL; counts are taken as they are, in a vector register.
 */
final class VectorShiftSelector {
  private static final long LOW_BYTES = 0x00ff_00ff_00ff_00ffL;
  private static final long EVERY_BYTE = 0x0101_0101_0101_0101L;
  private static final long SIGN = 1L << 63;

  private final Selection<X64Inst> selection;
  private final VectorBuffer out;

  VectorShiftSelector(VectorBuffer out) {
    this.out = out;
    selection = out.selection;
  }

  /** Selects a disjunction of opposite shifts as a rotation; false: it is none. */
  boolean rotate(Inst inst) {
    Inst a = selection.value(inst.args[0]);
    Inst b = selection.value(inst.args[1]);
    return out.avx512() && (rotate(inst, a, b) || rotate(inst, b, a));
  }

  private boolean rotate(Inst inst, Inst left, Inst right) {
    Shape shape = left.shape();
    boolean isRotation =
        left.op == Opcode.VSHL
            && right.op == Opcode.VSHR_U
            && right.shape() == shape
            && (shape == Shape.I32X4 || shape == Shape.I64X2)
            && selection.value(left.args[0]) == selection.value(right.args[0]);
    Inst up = isRotation ? selection.value(left.args[1]) : inst;
    Inst down = isRotation ? selection.value(right.args[1]) : inst;
    if (shape == null || up.op != Opcode.ICONST || down.op != Opcode.ICONST) {
      return false;
    }
    int mask = shape.laneBits() - 1;
    int count = (int) up.imm & mask;
    if (count == 0 || (count + (int) down.imm & mask) != 0) {
      return false;
    }
    VecShiftOp op = shape == Shape.I32X4 ? VecShiftOp.VPROLD : VecShiftOp.VPROLQ;
    out.shift(op, selection.def(inst), selection.reg(left.args[0]), count);
    return true;
  }

  void shift(Inst inst, Shape shape) {
    Inst count = selection.value(inst.args[1]);
    int dst = selection.def(inst);
    int src = selection.reg(inst.args[0]);
    if (count.op == Opcode.ICONST) {
      byConstant(inst.op, shape, dst, src, (int) count.imm & shape.laneBits() - 1);
    } else if (shape == Shape.I8X16) {
      bytes(inst.op, dst, src, masked(count, 7));
    } else if (shape == Shape.I64X2 && inst.op == Opcode.VSHR_S) {
      int by = out.fromInt(false, new Reg(masked(count, 63)));
      if (out.avx512()) {
        out.op(VecOp.VPSRAQ, dst, src, by);
        return;
      }
      int signs = out.op(VecOp.PSRLQ, out.constant(SIGN), by);
      signExtend(dst, out.op(VecOp.PSRLQ, src, by), signs);
    } else {
      int by = out.fromInt(false, new Reg(masked(count, shape.laneBits() - 1)));
      out.op(byRegister(inst.op, shape), dst, src, by);
    }
  }

  private int masked(Inst count, int mask) {
    int dst = selection.newInt();
    selection.buffer.add(new Alu(AluOp.AND, false, dst, selection.reg(count), new Imm(mask)));
    return dst;
  }

  private static VecOp byRegister(Opcode op, Shape shape) {
    return switch (shape) {
      case I16X8 ->
          op == Opcode.VSHL ? VecOp.PSLLW : op == Opcode.VSHR_S ? VecOp.PSRAW : VecOp.PSRLW;
      case I32X4 ->
          op == Opcode.VSHL ? VecOp.PSLLD : op == Opcode.VSHR_S ? VecOp.PSRAD : VecOp.PSRLD;
      default -> op == Opcode.VSHL ? VecOp.PSLLQ : VecOp.PSRLQ;
    };
  }

  private static VecShiftOp byImmediate(Opcode op, Shape shape) {
    return switch (shape) {
      case I16X8, I8X16 ->
          op == Opcode.VSHL
              ? VecShiftOp.PSLLW
              : op == Opcode.VSHR_S ? VecShiftOp.PSRAW : VecShiftOp.PSRLW;
      case I32X4 ->
          op == Opcode.VSHL
              ? VecShiftOp.PSLLD
              : op == Opcode.VSHR_S ? VecShiftOp.PSRAD : VecShiftOp.PSRLD;
      default -> op == Opcode.VSHL ? VecShiftOp.PSLLQ : VecShiftOp.PSRLQ;
    };
  }

  private void byConstant(Opcode op, Shape shape, int dst, int src, int count) {
    if (shape == Shape.I8X16) {
      bytesByConstant(op, dst, src, count);
    } else if (shape == Shape.I64X2 && op == Opcode.VSHR_S && out.avx512()) {
      out.shift(VecShiftOp.VPSRAQ, dst, src, count);
    } else if (shape == Shape.I64X2 && op == Opcode.VSHR_S) {
      signExtend(dst, out.shift(VecShiftOp.PSRLQ, src, count), out.constant(SIGN >>> count));
    } else {
      out.shift(byImmediate(op, shape), dst, src, count);
    }
  }

  /** (x ^ s) - s: where s is the sign bit, shifted as x was. */
  private void signExtend(int dst, int x, int signs) {
    out.op(VecOp.PSUBQ, dst, out.op(VecOp.PXOR, x, signs), signs);
  }

  /** Shifts pairs of bytes and clears what came from the neighbour. */
  private void bytesByConstant(Opcode op, int dst, int src, int count) {
    if (op == Opcode.VSHL) {
      int shifted = out.shift(VecShiftOp.PSLLW, src, count);
      out.op(VecOp.PAND, dst, shifted, VectorBuffer.pool(EVERY_BYTE * (0xff << count & 0xff)));
      return;
    }
    int shifted = out.shift(VecShiftOp.PSRLW, src, count);
    var mask = VectorBuffer.pool(EVERY_BYTE * (0xff >> count));
    if (op == Opcode.VSHR_U) {
      out.op(VecOp.PAND, dst, shifted, mask);
      return;
    }
    var signs = VectorBuffer.pool(EVERY_BYTE * (0x80 >> count));
    int flipped = out.op(VecOp.PXOR, out.op(VecOp.PAND, shifted, mask), signs);
    out.op(VecOp.PSUBB, dst, flipped, signs);
  }

  private void bytes(Opcode op, int dst, int src, int count) {
    switch (op) {
      case VSHL -> {
        int by = out.fromInt(false, new Reg(count));
        // -1 << count, at least -128, in words and then in bytes.
        int words = out.op(VecOp.PSLLW, out.constant(-1), by);
        int mask = out.op(VecOp.PACKSSWB, words, words);
        out.op(VecOp.PAND, dst, out.op(VecOp.PSLLW, src, by), mask);
      }
      case VSHR_U -> {
        int by = out.fromInt(false, new Reg(count));
        int words = out.op(VecOp.PSRLW, out.constant(LOW_BYTES), by);
        int mask = out.op(VecOp.PACKUSWB, words, words);
        out.op(VecOp.PAND, dst, out.op(VecOp.PSRLW, src, by), mask);
      }
      default -> {
        // Each byte as the upper one of a word.
        int eightMore = selection.newInt();
        selection.buffer.add(new Alu(AluOp.ADD, false, eightMore, count, new Imm(8)));
        int by = out.fromInt(false, new Reg(eightMore));
        int low = out.op(VecOp.PSRAW, out.op(VecOp.PUNPCKLBW, src, src), by);
        int high = out.op(VecOp.PSRAW, out.op(VecOp.PUNPCKHBW, src, src), by);
        out.op(VecOp.PACKSSWB, dst, low, high);
      }
    }
  }
}
