package dev.tazza.codegen.isa.x64.inst;

import static dev.tazza.assembler.x64.Opcodes.M0F;
import static dev.tazza.assembler.x64.Opcodes.NP;
import static dev.tazza.assembler.x64.Opcodes.PF2;
import static dev.tazza.assembler.x64.Opcodes.PF3;

/**
 * Two-operand float arithmetic {@code left = left op right}; with AVX {@code result = left op
 * right}.
 */
public enum SseOp {
  ADDSS("addss", PF3 | M0F | 0x58),
  ADDSD("addsd", PF2 | M0F | 0x58),
  SUBSS("subss", PF3 | M0F | 0x5c),
  SUBSD("subsd", PF2 | M0F | 0x5c),
  MULSS("mulss", PF3 | M0F | 0x59),
  MULSD("mulsd", PF2 | M0F | 0x59),
  DIVSS("divss", PF3 | M0F | 0x5e),
  DIVSD("divsd", PF2 | M0F | 0x5e),
  MINSS("minss", PF3 | M0F | 0x5d),
  MINSD("minsd", PF2 | M0F | 0x5d),
  MAXSS("maxss", PF3 | M0F | 0x5f),
  MAXSD("maxsd", PF2 | M0F | 0x5f),
  ANDPS("andps", NP | M0F | 0x54),
  ANDNPS("andnps", NP | M0F | 0x55),
  ORPS("orps", NP | M0F | 0x56),
  XORPS("xorps", NP | M0F | 0x57);

  public final String text;
  public final int opcode;

  SseOp(String text, int opcode) {
    this.text = text;
    this.opcode = opcode;
  }
}
