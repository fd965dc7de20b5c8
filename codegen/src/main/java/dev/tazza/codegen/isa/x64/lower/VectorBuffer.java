package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.FmaOp;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecShiftOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Feature;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Vec;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecFma;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecShift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecTernary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecUnary;
import dev.tazza.codegen.machine.lower.MachineBuffer;
import dev.tazza.codegen.machine.lower.Selection;

/**
 * Adds vector instructions to the code, in the VEX forms where the processor has them. Each method
 * comes in two forms: with a register for the result, or giving a new one.
 */
final class VectorBuffer {
  final Selection<X64Inst> selection;
  private final MachineBuffer<X64Inst> buffer;
  private final MemorySelector memory;

  VectorBuffer(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    this.memory = memory;
    buffer = selection.buffer;
  }

  boolean avx() {
    return selection.has(X64Feature.AVX);
  }

  boolean avx2() {
    return selection.has(X64Feature.AVX2);
  }

  boolean avx512() {
    return selection.has(X64Feature.AVX512VL);
  }

  boolean fma() {
    return selection.has(X64Feature.FMA);
  }

  // Operands.

  /**
   * A whole vector on the right side: memory where it may be unaligned, a constant in the pool, or
   * a register.
   */
  Source source(Inst inst) {
    Inst value = selection.value(inst);
    if (value.op == Opcode.VCONST && !selection.isAskedFor(value)) {
      return Pool.vector(value.imm, value.immHigh());
    }
    return avx() ? memory.loadOrReg(inst, Type.V128) : use(inst);
  }

  /** A value in a register. */
  Reg use(Inst inst) {
    return new Reg(selection.reg(inst));
  }

  /** Whether {@link #source} would be in memory. */
  boolean isInMemory(Inst inst) {
    Inst value = selection.value(inst);
    return value.op == Opcode.VCONST || avx() && selection.movableLoad(value) != null;
  }

  /** A constant of equal halves in the pool. */
  static Pool pool(long bits) {
    return Pool.vector(bits, bits);
  }

  /** A constant of equal halves in a register. */
  int constant(long bits) {
    return constant(bits, bits);
  }

  int constant(long low, long high) {
    int dst = selection.newVector();
    buffer.add(new Const(Const.Kind.V128, dst, low, high));
    return dst;
  }

  // Instructions.

  void op(VecOp op, int dst, int left, Source right) {
    op(op, dst, left, right, 0);
  }

  void op(VecOp op, int dst, int left, Source right, int imm) {
    buffer.add(new Vec(op, avx(), dst, left, right, imm));
  }

  void op(VecOp op, int dst, int left, int right) {
    op(op, dst, left, new Reg(right), 0);
  }

  int op(VecOp op, int left, Source right) {
    return op(op, left, right, 0);
  }

  int op(VecOp op, int left, Source right, int imm) {
    int dst = selection.newVector();
    op(op, dst, left, right, imm);
    return dst;
  }

  int op(VecOp op, int left, int right) {
    return op(op, left, new Reg(right), 0);
  }

  /** See {@link VecTernary}. */
  void ternary(int dst, int first, int second, int third, int table) {
    buffer.add(new VecTernary(dst, first, second, third, table));
  }

  void fma(FmaOp op, int dst, int addend, int left, Source right) {
    buffer.add(new VecFma(op, dst, addend, left, right));
  }

  void unary(VecUnaryOp op, int dst, Source src) {
    unary(op, dst, src, 0);
  }

  void unary(VecUnaryOp op, int dst, Source src, int imm) {
    buffer.add(new VecUnary(op, avx(), dst, src, imm));
  }

  int unary(VecUnaryOp op, Source src) {
    return unary(op, src, 0);
  }

  int unary(VecUnaryOp op, Source src, int imm) {
    int dst = selection.newVector();
    unary(op, dst, src, imm);
    return dst;
  }

  int unary(VecUnaryOp op, int src) {
    return unary(op, new Reg(src), 0);
  }

  void shift(VecShiftOp op, int dst, int src, int count) {
    buffer.add(new VecShift(op, avx(), dst, src, count));
  }

  int shift(VecShiftOp op, int src, int count) {
    int dst = selection.newVector();
    shift(op, dst, src, count);
    return dst;
  }

  /** Moves an integer into the lowest lane, zeros above it. */
  int fromInt(boolean wide, Source src) {
    int dst = selection.newVector();
    buffer.add(new Unary(wide ? UnaryOp.MOVQ_TO : UnaryOp.MOVD_TO, dst, src));
    return dst;
  }

  /** The load of a lane that {@code scalar} is, or a register. */
  Source laneSource(Inst scalar, int bytes) {
    Amode amode =
        scalar.type.isInt() ? memory.loadOfBytes(scalar, bytes) : memory.load(scalar, scalar.type);
    return amode == null ? use(scalar) : amode;
  }
}
