package dev.tazza.codegen.ir;

/** Which lanes each vector operation works on. */
final class VectorShapes {
  private VectorShapes() {}

  static boolean fits(Opcode op, Shape shape) {
    boolean narrow = shape == Shape.I8X16 || shape == Shape.I16X8;
    return switch (op) {
      case VSPLAT, VEXTRACT_LANE, VREPLACE_LANE -> true;
      case VEXTRACT_LANE_S,
          VADD_SAT_S,
          VADD_SAT_U,
          VSUB_SAT_S,
          VSUB_SAT_U,
          VAVGR_U,
          VNARROW_S,
          VNARROW_U ->
          narrow;
      case VALL_TRUE, VBITMASK, VADD, VSUB, VNEG, VABS, VSHL, VSHR_S, VSHR_U -> !shape.isFloat();
      case VEQ, VNE, VLT_S, VGT_S, VLE_S, VGE_S -> !shape.isFloat();
      case VMIN_S, VMIN_U, VMAX_S, VMAX_U, VLT_U, VGT_U, VLE_U, VGE_U ->
          narrow || shape == Shape.I32X4;
      case VMUL -> !shape.isFloat() && shape != Shape.I8X16;
      case VPOPCNT -> shape == Shape.I8X16;
      case VQ15MULR_SAT_S -> shape == Shape.I16X8;
      case VDOT_S, VTRUNC_SAT_S, VTRUNC_SAT_U, VTRUNC_SAT_ZERO_S, VTRUNC_SAT_ZERO_U ->
          shape == Shape.I32X4;
      case VEXTEND_LOW_S,
          VEXTEND_LOW_U,
          VEXTEND_HIGH_S,
          VEXTEND_HIGH_U,
          VEXTMUL_LOW_S,
          VEXTMUL_LOW_U,
          VEXTMUL_HIGH_S,
          VEXTMUL_HIGH_U ->
          !shape.isFloat() && shape != Shape.I8X16;
      case VEXTADD_PAIRWISE_S, VEXTADD_PAIRWISE_U -> shape == Shape.I16X8 || shape == Shape.I32X4;
      case VDEMOTE_ZERO -> shape == Shape.F32X4;
      case VPROMOTE_LOW -> shape == Shape.F64X2;
      default -> shape.isFloat();
    };
  }
}
