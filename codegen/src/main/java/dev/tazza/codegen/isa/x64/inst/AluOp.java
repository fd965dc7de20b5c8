package dev.tazza.codegen.isa.x64.inst;

import dev.tazza.assembler.x64.Opcodes;

/** Two-operand integer arithmetic: {@code left = left op right}. */
public enum AluOp {
  ADD("add", 0x03, 0),
  OR("or", 0x0b, 1),
  AND("and", 0x23, 4),
  SUB("sub", 0x2b, 5),
  XOR("xor", 0x33, 6),
  /** Register and memory forms only. */
  IMUL("imul", Opcodes.M0F | 0xaf, -1);

  public final String text;

  /**
   * Opcode of the form {@code reg, r/m}; the form {@code r/m, reg} is two below, each one less for
   * bytes.
   */
  public final int opcode;

  /** In the forms with an immediate, 80, 81 and 83. */
  public final int digit;

  AluOp(String text, int opcode, int digit) {
    this.text = text;
    this.opcode = opcode;
    this.digit = digit;
  }
}
