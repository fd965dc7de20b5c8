package dev.tazza.codegen.isa.x64.inst;

import dev.tazza.assembler.x64.Opcodes;

/**
 * Shifts and rotates by cl (D3), by an immediate (C1), or with BMI2 by any register into another
 * one.
 */
public enum ShiftOp {
  ROL("rol", 0, 0),
  ROR("ror", 1, 0),
  SHL("shl", 4, Opcodes.P66 | Opcodes.M0F38 | 0xf7),
  SHR("shr", 5, Opcodes.PF2 | Opcodes.M0F38 | 0xf7),
  SAR("sar", 7, Opcodes.PF3 | Opcodes.M0F38 | 0xf7);

  public final String text;
  public final int digit;

  /** VEX form {@code reg, r/m, count}; 0: there is none. */
  public final int vex;

  ShiftOp(String text, int digit, int vex) {
    this.text = text;
    this.digit = digit;
    this.vex = vex;
  }
}
