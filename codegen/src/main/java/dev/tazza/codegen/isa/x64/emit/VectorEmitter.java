package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Opcodes;
import dev.tazza.assembler.x64.Place;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreLane;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Vec;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecFma;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecShift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecTernary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecUnary;

/** Writes vector instructions, in their SSE or VEX forms. */
final class VectorEmitter {
  /** {@code vpternlogd}. */
  private static final int TERNARY = Opcodes.P66 | Opcodes.M0F3A | 0x25;

  private final X64Emission emission;
  private final Encoder encoder;
  private final CodeBuffer out;
  private final Place place = new Place();

  VectorEmitter(X64Emission emission) {
    this.emission = emission;
    encoder = emission.encoder;
    out = emission.out;
  }

  void vec(Vec vec) {
    VecOp op = vec.op();
    int left = emission.nextRegister();
    Place right = emission.place(vec.right(), place);
    int flags = op.wide() ? Encoder.W : 0;
    int tail = op.hasImmediate() ? 1 : 0;
    emission.mayFault(right);
    if (op.evex()) {
      encoder.evex(op.opcode, flags, emission.result(), left, right);
    } else if (vec.avx()) {
      encoder.vex(op.opcode, flags, emission.result(), left, right, tail);
    } else {
      encoder.encode(op.opcode, flags, left, right, tail);
    }
    if (op.hasImmediate()) {
      out.byte1(vec.imm());
    }
  }

  void fma(VecFma fma) {
    emission.nextRegister(); // the result's, too
    int left = emission.nextRegister();
    Place right = emission.place(fma.right(), place);
    emission.mayFault(right);
    int flags = fma.op().wide ? Encoder.W : 0;
    encoder.vex(fma.op().opcode, flags, emission.result(), left, right);
  }

  void ternary(VecTernary logic) {
    emission.nextRegister(); // the result's, too
    int second = emission.nextRegister();
    Place third = place.register(emission.nextRegister());
    encoder.evex(TERNARY, 0, emission.result(), second, third);
    out.byte1(logic.table());
  }

  void unary(VecUnary unary) {
    VecUnaryOp op = unary.op();
    Place src = emission.place(unary.src(), place);
    int flags = op.wide() ? Encoder.W : 0;
    int tail = op.hasImmediate() ? 1 : 0;
    int reg = emission.result();
    Place rm = src;
    if (op.sourceInReg()) {
      reg = src.register;
      rm = place.register(emission.result());
    }
    emission.mayFault(rm);
    if (op.evex()) {
      encoder.evex(op.opcode, flags, reg, 0, rm);
    } else if (unary.avx()) {
      encoder.vex(op.opcode, flags, reg, 0, rm, tail);
    } else {
      encoder.encode(op.opcode, flags, reg, rm, tail);
    }
    if (op.hasImmediate()) {
      out.byte1(unary.imm());
    }
  }

  void shift(VecShift shift) {
    int src = emission.nextRegister();
    int digit = shift.op().digit;
    int flags = shift.op().wide() ? Encoder.W : 0;
    if (shift.op().evex()) {
      encoder.evex(shift.op().opcode, flags, digit, emission.result(), place.register(src));
    } else if (shift.avx()) {
      encoder.vex(shift.op().opcode, 0, digit, emission.result(), place.register(src), 1);
    } else {
      encoder.encode(shift.op().opcode, 0, digit, place.register(src), 1);
    }
    out.byte1(shift.imm());
  }

  void storeLane(StoreLane store) {
    Place address = emission.address(store.address(), place);
    int tail = store.op().hasImmediate ? 1 : 0;
    emission.encode(store.op().opcode, 0, emission.nextRegister(), address, tail);
    if (store.op().hasImmediate) {
      out.byte1(store.lane());
    }
  }
}
