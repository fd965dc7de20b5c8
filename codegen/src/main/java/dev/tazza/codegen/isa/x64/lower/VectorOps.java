package dev.tazza.codegen.isa.x64.lower;

import static dev.tazza.codegen.ir.Shape.F32X4;
import static dev.tazza.codegen.ir.Shape.F64X2;
import static dev.tazza.codegen.ir.Shape.I16X8;
import static dev.tazza.codegen.ir.Shape.I32X4;
import static dev.tazza.codegen.ir.Shape.I64X2;
import static dev.tazza.codegen.ir.Shape.I8X16;

import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import org.jspecify.annotations.Nullable;

/** The vector operations that are one instruction. */
final class VectorOps {
  private static final int SHAPES = Shape.values().length;
  private static final @Nullable VecOp[] BINARY = new VecOp[Opcode.values().length * SHAPES];
  private static final @Nullable VecUnaryOp[] UNARY =
      new VecUnaryOp[Opcode.values().length * SHAPES];
  private static final Shape[] INTS = {I8X16, I16X8, I32X4, I64X2};
  private static final Shape[] FLOATS = {F32X4, F64X2};

  static {
    ints(Opcode.VADD, VecOp.PADDB, VecOp.PADDW, VecOp.PADDD, VecOp.PADDQ);
    ints(Opcode.VSUB, VecOp.PSUBB, VecOp.PSUBW, VecOp.PSUBD, VecOp.PSUBQ);
    ints(Opcode.VADD_SAT_S, VecOp.PADDSB, VecOp.PADDSW);
    ints(Opcode.VADD_SAT_U, VecOp.PADDUSB, VecOp.PADDUSW);
    ints(Opcode.VSUB_SAT_S, VecOp.PSUBSB, VecOp.PSUBSW);
    ints(Opcode.VSUB_SAT_U, VecOp.PSUBUSB, VecOp.PSUBUSW);
    ints(Opcode.VMIN_S, VecOp.PMINSB, VecOp.PMINSW, VecOp.PMINSD);
    ints(Opcode.VMIN_U, VecOp.PMINUB, VecOp.PMINUW, VecOp.PMINUD);
    ints(Opcode.VMAX_S, VecOp.PMAXSB, VecOp.PMAXSW, VecOp.PMAXSD);
    ints(Opcode.VMAX_U, VecOp.PMAXUB, VecOp.PMAXUW, VecOp.PMAXUD);
    ints(Opcode.VAVGR_U, VecOp.PAVGB, VecOp.PAVGW);
    ints(Opcode.VEQ, VecOp.PCMPEQB, VecOp.PCMPEQW, VecOp.PCMPEQD, VecOp.PCMPEQQ);
    ints(Opcode.VGT_S, VecOp.PCMPGTB, VecOp.PCMPGTW, VecOp.PCMPGTD, VecOp.PCMPGTQ);
    ints(Opcode.VNARROW_S, VecOp.PACKSSWB, VecOp.PACKSSDW);
    ints(Opcode.VNARROW_U, VecOp.PACKUSWB, VecOp.PACKUSDW);
    BINARY[index(Opcode.VMUL, I16X8)] = VecOp.PMULLW;
    BINARY[index(Opcode.VMUL, I32X4)] = VecOp.PMULLD;
    BINARY[index(Opcode.VDOT_S, I32X4)] = VecOp.PMADDWD;
    floats(Opcode.VFADD, VecOp.ADDPS, VecOp.ADDPD);
    floats(Opcode.VFSUB, VecOp.SUBPS, VecOp.SUBPD);
    floats(Opcode.VFMUL, VecOp.MULPS, VecOp.MULPD);
    floats(Opcode.VFDIV, VecOp.DIVPS, VecOp.DIVPD);

    unary(Opcode.VABS, INTS, VecUnaryOp.PABSB, VecUnaryOp.PABSW, VecUnaryOp.PABSD);
    Shape[] wide = {I16X8, I32X4, I64X2};
    unary(
        Opcode.VEXTEND_LOW_S, wide, VecUnaryOp.PMOVSXBW, VecUnaryOp.PMOVSXWD, VecUnaryOp.PMOVSXDQ);
    unary(
        Opcode.VEXTEND_LOW_U, wide, VecUnaryOp.PMOVZXBW, VecUnaryOp.PMOVZXWD, VecUnaryOp.PMOVZXDQ);
    unary(Opcode.VFSQRT, FLOATS, VecUnaryOp.SQRTPS, VecUnaryOp.SQRTPD);
    unary(Opcode.VCONVERT_S, FLOATS, VecUnaryOp.CVTDQ2PS, VecUnaryOp.CVTDQ2PD);
    unary(Opcode.VDEMOTE_ZERO, FLOATS, VecUnaryOp.CVTPD2PS);
    unary(Opcode.VPROMOTE_LOW, new Shape[] {F64X2}, VecUnaryOp.CVTPS2PD);
  }

  private VectorOps() {}

  private static int index(Opcode op, Shape shape) {
    return op.ordinal() * SHAPES + shape.ordinal();
  }

  private static void ints(Opcode op, VecOp... ops) {
    for (int i = 0; i < ops.length; i++) {
      BINARY[index(op, INTS[i])] = ops[i];
    }
  }

  private static void floats(Opcode op, VecOp single, VecOp wide) {
    BINARY[index(op, F32X4)] = single;
    BINARY[index(op, F64X2)] = wide;
  }

  private static void unary(Opcode op, Shape[] shapes, VecUnaryOp... ops) {
    for (int i = 0; i < ops.length; i++) {
      UNARY[index(op, shapes[i])] = ops[i];
    }
  }

  /** The instruction on two operands, or null. */
  static @Nullable VecOp binary(Opcode op, Shape shape) {
    return BINARY[index(op, shape)];
  }

  /** The same for an operation that must be one. */
  static VecOp require(Opcode op, Shape shape) {
    VecOp found = BINARY[index(op, shape)];
    if (found == null) {
      throw new IllegalArgumentException(op + "." + shape);
    }
    return found;
  }

  /** The instruction on one operand, or null. */
  static @Nullable VecUnaryOp unary(Opcode op, Shape shape) {
    return UNARY[index(op, shape)];
  }
}
