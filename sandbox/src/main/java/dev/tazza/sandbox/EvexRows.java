package dev.tazza.sandbox;

import static dev.tazza.sandbox.Rows.IMM8;
import static dev.tazza.sandbox.Rows.MODRM;
import static dev.tazza.sandbox.Rows.NP;
import static dev.tazza.sandbox.Rows.P66;
import static dev.tazza.sandbox.Rows.PF2;
import static dev.tazza.sandbox.Rows.PF3;
import static dev.tazza.sandbox.Rows.REGISTER_ONLY;
import static dev.tazza.sandbox.Rows.REG_VECTOR;
import static dev.tazza.sandbox.Rows.RM_VECTOR;
import static dev.tazza.sandbox.Rows.VEX_ONLY;
import static dev.tazza.sandbox.Rows.W16;

/**
 * The rows of {@link Rows} for instructions that are encoded by EVEX, on vectors of 128 bits, or
 * less of them, in registers.
 */
final class EvexRows {
  private static final int REGISTERS = MODRM | RM_VECTOR | VEX_ONLY | REGISTER_ONLY | W16;
  private static final int COMPUTE = Kind.VECTOR | REG_VECTOR | REGISTERS;
  private static final int SHIFT = Kind.VECTOR_SHIFT | REGISTERS | IMM8;
  private static final int FROM_INT =
      Kind.INT_TO_VECTOR | MODRM | REG_VECTOR | VEX_ONLY | REGISTER_ONLY;

  private EvexRows() {}

  /**
   * The row of an instruction, of kind {@code NONE} if there is none.
   *
   * @param wide EVEX.W
   * @param digit the reg field of ModRM
   */
  static int row(int map, int prefix, boolean wide, int opcode, int digit) {
    return switch (map << 12 | prefix << 8 | opcode) {
      // vprold, vprolq, vpsraq
      case 1 << 12 | P66 << 8 | 0x72 -> digit == 1 || digit == 4 && wide ? SHIFT : Kind.NONE;
      case 1 << 12 | P66 << 8 | 0xe2 -> wide ? COMPUTE : Kind.NONE; // vpsraq
      case 2 << 12 | P66 << 8 | 0x1f -> wide ? COMPUTE : Kind.NONE; // vpabsq
      case 3 << 12 | P66 << 8 | 0x25 -> COMPUTE | IMM8; // vpternlogd, vpternlogq
      // vcvtudq2ps, vcvtudq2pd
      case 1 << 12 | PF2 << 8 | 0x7a, 1 << 12 | PF3 << 8 | 0x7a -> wide ? Kind.NONE : COMPUTE;
      case 1 << 12 | NP << 8 | 0x78 -> COMPUTE; // vcvttps2udq, vcvttpd2udq
      // vcvtusi2ss, vcvtusi2sd
      case 1 << 12 | PF3 << 8 | 0x7b, 1 << 12 | PF2 << 8 | 0x7b -> wide ? FROM_INT : Kind.NONE;
      default -> Kind.NONE;
    };
  }
}
