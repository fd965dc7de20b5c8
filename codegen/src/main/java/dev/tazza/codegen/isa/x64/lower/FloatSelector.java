package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.SseOp;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Feature;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.FloatPair;
import dev.tazza.codegen.isa.x64.inst.X64Inst.PairOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sequence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SequenceOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sse;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TruncOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Truncate;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.machine.lower.MachineBuffer;
import dev.tazza.codegen.machine.lower.Selection;

/** Selects float arithmetic and conversions. */
final class FloatSelector {
  private final Selection<X64Inst> selection;
  private final MachineBuffer<X64Inst> buffer;
  private final MemorySelector memory;

  FloatSelector(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    this.memory = memory;
    buffer = selection.buffer;
  }

  private static boolean isDouble(Type type) {
    return switch (type) {
      case F32 -> false;
      case F64 -> true;
      default -> throw new UnsupportedOperationException(type.toString());
    };
  }

  void arithmetic(Inst inst, SseOp single, SseOp wide) {
    Inst left = inst.args[0];
    Inst right = inst.args[1];
    boolean commutes = inst.op == Opcode.FADD || inst.op == Opcode.FMUL;
    if (commutes && isInMemory(left) && !isInMemory(right)) {
      Inst exchange = left;
      left = right;
      right = exchange;
    }
    Source source = memory.floatSource(right);
    SseOp op = isDouble(inst.type) ? wide : single;
    buffer.add(
        new Sse(
            op, selection.has(X64Feature.AVX), selection.def(inst), selection.reg(left), source));
  }

  private boolean isInMemory(Inst inst) {
    Inst value = selection.value(inst);
    return value.op == Opcode.FCONST || selection.movableLoad(value) != null;
  }

  void pair(Inst inst, PairOp op) {
    buffer.add(
        new FloatPair(
            op,
            isDouble(inst.type),
            selection.def(inst),
            selection.reg(inst.args[0]),
            selection.reg(inst.args[1])));
  }

  void abs(Inst inst) {
    mask(inst, SseOp.ANDPS, Pool.magnitudeMask(isDouble(inst.type)));
  }

  void neg(Inst inst) {
    mask(inst, SseOp.XORPS, Pool.signMask(isDouble(inst.type)));
  }

  private void mask(Inst inst, SseOp op, Source mask) {
    buffer.add(
        new Sse(
            op,
            selection.has(X64Feature.AVX),
            selection.def(inst),
            selection.reg(inst.args[0]),
            mask));
  }

  /** One float in, one out. */
  void unary(Inst inst, UnaryOp single, UnaryOp wide) {
    UnaryOp op = isDouble(inst.args[0].type) ? wide : single;
    Amode amode = memory.load(inst.args[0], inst.args[0].type);
    Source source = amode == null ? new Source.Reg(selection.reg(inst.args[0])) : amode;
    buffer.add(new Unary(op, selection.def(inst), source));
  }

  void truncate(Inst inst, boolean signed, boolean traps) {
    TruncOp op;
    if (inst.type == Type.I64) {
      op = signed ? TruncOp.S64 : TruncOp.U64;
    } else {
      op = signed ? TruncOp.S32 : TruncOp.U32;
    }
    buffer.add(
        new Truncate(
            op,
            isDouble(inst.args[0].type),
            selection.def(inst),
            selection.reg(inst.args[0]),
            op == TruncOp.U32 ? selection.newInt() : -1,
            traps ? inst.trapEntry() : 0));
  }

  void convert(Inst inst, boolean signed) {
    Inst value = inst.args[0];
    boolean toDouble = isDouble(inst.type);
    if (!signed && value.type == Type.I64 && selection.has(X64Feature.AVX512VL)) {
      SequenceOp op = toDouble ? SequenceOp.VCVTUSI2SD : SequenceOp.VCVTUSI2SS;
      buffer.add(new Sequence(op, selection.def(inst), selection.reg(value), -1));
      return;
    }
    if (!signed && value.type == Type.I64) {
      SequenceOp op = toDouble ? SequenceOp.U64_TO_F64 : SequenceOp.U64_TO_F32;
      buffer.add(new Sequence(op, selection.def(inst), selection.reg(value), selection.newInt()));
      return;
    }
    boolean wide = value.type == Type.I64 || !signed;
    UnaryOp op;
    if (wide) {
      op = toDouble ? UnaryOp.CVTSI2SD64 : UnaryOp.CVTSI2SS64;
    } else {
      op = toDouble ? UnaryOp.CVTSI2SD32 : UnaryOp.CVTSI2SS32;
    }
    Amode amode = wide && value.type == Type.I32 ? null : memory.load(value, value.type);
    Source source = amode == null ? new Source.Reg(selection.reg(value)) : amode;
    buffer.add(new Unary(op, selection.def(inst), source));
  }

  void bitcast(Inst inst) {
    Inst value = inst.args[0];
    Amode amode = memory.load(value, value.type);
    boolean wide = inst.type.bytes() == 8;
    UnaryOp op;
    if (amode != null) {
      if (inst.type.isFloat()) {
        op = wide ? UnaryOp.MOVSD : UnaryOp.MOVSS;
      } else {
        op = wide ? UnaryOp.MOV64 : UnaryOp.MOV32;
      }
    } else if (inst.type.isFloat()) {
      op = wide ? UnaryOp.MOVQ_TO : UnaryOp.MOVD_TO;
    } else {
      op = wide ? UnaryOp.MOVQ_FROM : UnaryOp.MOVD_FROM;
    }
    Source source = amode == null ? new Source.Reg(selection.reg(value)) : amode;
    buffer.add(new Unary(op, selection.def(inst), source));
  }
}
