package dev.tazza.codegen.isa.x64.inst;

import static dev.tazza.assembler.x64.Opcodes.M0F38;
import static dev.tazza.assembler.x64.Opcodes.P66;

/** Fused operations on vectors of floats, {@code addend = addend ± left * right}. */
public enum FmaOp {
  MADD_PS("vfmadd231ps", P66 | M0F38 | 0xb8, false),
  MADD_PD("vfmadd231pd", P66 | M0F38 | 0xb8, true),
  NMADD_PS("vfnmadd231ps", P66 | M0F38 | 0xbc, false),
  NMADD_PD("vfnmadd231pd", P66 | M0F38 | 0xbc, true);

  public final String text;

  /** Packed as in {@link dev.tazza.assembler.x64.Opcodes}. */
  public final int opcode;

  /** VEX.W: of doubles. */
  public final boolean wide;

  FmaOp(String text, int opcode, boolean wide) {
    this.text = text;
    this.opcode = opcode;
    this.wide = wide;
  }
}
