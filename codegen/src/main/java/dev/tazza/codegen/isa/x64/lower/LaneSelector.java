package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.machine.lower.Selection;
import org.jspecify.annotations.Nullable;

/** Selects what is between lanes and scalars, with the loads of lanes. */
final class LaneSelector {
  private final Selection<X64Inst> selection;
  private final VectorBuffer out;
  private final MemorySelector memory;

  LaneSelector(VectorBuffer out, MemorySelector memory) {
    this.out = out;
    this.memory = memory;
    selection = out.selection;
  }

  /** The lower half of a vector: memory where no more is loaded, or a register. */
  Source half(Inst inst) {
    Amode amode = memory.loadOfVector(inst, 8);
    return amode == null ? out.use(inst) : amode;
  }

  void splat(Inst inst, Shape shape) {
    int dst = selection.def(inst);
    Inst scalar = inst.args[0];
    Source source = out.laneSource(scalar, shape.laneBytes());
    boolean isLoad = source instanceof Amode;
    switch (shape) {
      case I8X16 -> {
        if (out.avx2()) {
          out.unary(VecUnaryOp.VPBROADCASTB, dst, isLoad ? source : moved(source));
        } else {
          int lane = out.fromInt(false, inRegister(source, UnaryOp.MOVZX8));
          out.op(VecOp.PSHUFB, dst, lane, out.constant(0));
        }
      }
      case I16X8 -> {
        if (out.avx2()) {
          out.unary(VecUnaryOp.VPBROADCASTW, dst, isLoad ? source : moved(source));
        } else {
          int lane = out.fromInt(false, inRegister(source, UnaryOp.MOVZX16));
          int low = out.unary(VecUnaryOp.PSHUFLW, lane);
          out.unary(VecUnaryOp.PSHUFD, dst, new Reg(low), 0);
        }
      }
      case I32X4 -> {
        if (isLoad && out.avx()) {
          out.unary(VecUnaryOp.VBROADCASTSS, dst, source);
        } else {
          out.unary(VecUnaryOp.PSHUFD, dst, moved(source), 0);
        }
      }
      case F32X4 -> {
        if (isLoad && out.avx()) {
          out.unary(VecUnaryOp.VBROADCASTSS, dst, source);
        } else {
          int register = floatRegister(source);
          out.op(VecOp.SHUFPS, dst, register, new Reg(register), 0);
        }
      }
      case I64X2 -> {
        if (isLoad) {
          out.unary(VecUnaryOp.MOVDDUP, dst, source);
        } else {
          int lane = out.fromInt(true, source);
          out.op(VecOp.PUNPCKLQDQ, dst, lane, lane);
        }
      }
      case F64X2 -> out.unary(VecUnaryOp.MOVDDUP, dst, source);
    }
  }

  /** An I32 in the lowest lane. */
  private Source moved(Source source) {
    return new Reg(out.fromInt(false, source));
  }

  /** A narrow integer, which is perhaps still to be loaded. */
  private Source inRegister(Source source, UnaryOp load) {
    if (source instanceof Reg) {
      return source;
    }
    int dst = selection.newInt();
    selection.buffer.add(new Unary(load, dst, source));
    return new Reg(dst);
  }

  private int floatRegister(Source source) {
    if (source instanceof Reg reg) {
      return reg.vreg();
    }
    int dst = selection.newFloat();
    selection.buffer.add(new Unary(UnaryOp.MOVSS, dst, source));
    return dst;
  }

  void extract(Inst inst, Shape shape) {
    if (memory.lanes.take(inst)) {
      return;
    }
    int dst = selection.def(inst);
    Reg src = out.use(inst.args[0]);
    int lane = (int) inst.imm;
    boolean signed = inst.op == Opcode.VEXTRACT_LANE_S;
    switch (shape) {
      case I8X16 -> narrow(VecUnaryOp.PEXTRB, dst, src, lane, signed ? UnaryOp.MOVSX8_32 : null);
      case I16X8 -> narrow(VecUnaryOp.PEXTRW, dst, src, lane, signed ? UnaryOp.MOVSX16_32 : null);
      case I32X4 -> integer(lane, UnaryOp.MOVD_FROM, VecUnaryOp.PEXTRD, dst, src);
      case I64X2 -> integer(lane, UnaryOp.MOVQ_FROM, VecUnaryOp.PEXTRQ, dst, src);
      case F32X4 -> {
        if (lane == 0) {
          out.unary(VecUnaryOp.MOVAPS, dst, src);
        } else {
          out.unary(VecUnaryOp.PSHUFD, dst, src, lane);
        }
      }
      case F64X2 -> {
        if (lane == 0) {
          out.unary(VecUnaryOp.MOVAPS, dst, src);
        } else {
          out.unary(VecUnaryOp.PSHUFD, dst, src, 0xee);
        }
      }
    }
  }

  private void narrow(VecUnaryOp op, int dst, Source src, int lane, @Nullable UnaryOp extension) {
    if (extension == null) {
      out.unary(op, dst, src, lane);
      return;
    }
    int unsigned = selection.newInt();
    out.unary(op, unsigned, src, lane);
    selection.buffer.add(new Unary(extension, dst, new Reg(unsigned)));
  }

  private void integer(int lane, UnaryOp first, VecUnaryOp other, int dst, Source src) {
    if (lane == 0) {
      selection.buffer.add(new Unary(first, dst, src));
    } else {
      out.unary(other, dst, src, lane);
    }
  }

  void replace(Inst inst, Shape shape) {
    int dst = selection.def(inst);
    int lane = (int) inst.imm;
    Source scalar = out.laneSource(inst.args[1], shape.laneBytes());
    int vector = selection.reg(inst.args[0]);
    boolean isLoad = scalar instanceof Amode;
    switch (shape) {
      case I8X16 -> out.op(VecOp.PINSRB, dst, vector, scalar, lane);
      case I16X8 -> out.op(VecOp.PINSRW, dst, vector, scalar, lane);
      case I32X4 -> out.op(VecOp.PINSRD, dst, vector, scalar, lane);
      case F32X4 -> out.op(VecOp.INSERTPS, dst, vector, scalar, lane << 4);
      case I64X2 -> {
        if (isLoad) {
          out.op(lane == 0 ? VecOp.MOVLPS : VecOp.MOVHPS, dst, vector, scalar);
        } else {
          out.op(VecOp.PINSRQ, dst, vector, scalar, lane);
        }
      }
      case F64X2 -> {
        VecOp low = isLoad ? VecOp.MOVLPS : VecOp.MOVSD_LOW;
        out.op(lane == 0 ? low : VecOp.MOVHPS, dst, vector, scalar);
      }
    }
  }

  void bitmask(Inst inst, Shape shape) {
    int dst = selection.def(inst);
    Source src = out.use(inst.args[0]);
    switch (shape) {
      case I8X16 -> out.unary(VecUnaryOp.PMOVMSKB, dst, src);
      case I16X8 -> {
        int bytes = out.op(VecOp.PACKSSWB, selection.reg(inst.args[0]), out.constant(0));
        out.unary(VecUnaryOp.PMOVMSKB, dst, new Reg(bytes));
      }
      case I32X4 -> out.unary(VecUnaryOp.MOVMSKPS, dst, src);
      default -> out.unary(VecUnaryOp.MOVMSKPD, dst, src);
    }
  }
}
