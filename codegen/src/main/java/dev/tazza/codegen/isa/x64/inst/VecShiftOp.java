package dev.tazza.codegen.isa.x64.inst;

import static dev.tazza.assembler.x64.Opcodes.M0F;
import static dev.tazza.assembler.x64.Opcodes.P66;

import dev.tazza.assembler.x64.Opcodes;

/** Shifts and rotations of lanes by an immediate; two shift the whole vector by bytes. */
public enum VecShiftOp {
  PSLLW("psllw", P66 | M0F | 0x71, 6),
  PSLLD("pslld", P66 | M0F | 0x72, 6),
  PSLLQ("psllq", P66 | M0F | 0x73, 6),
  PSRLW("psrlw", P66 | M0F | 0x71, 2),
  PSRLD("psrld", P66 | M0F | 0x72, 2),
  PSRLQ("psrlq", P66 | M0F | 0x73, 2),
  PSRAW("psraw", P66 | M0F | 0x71, 4),
  PSRAD("psrad", P66 | M0F | 0x72, 4),
  PSLLDQ("pslldq", P66 | M0F | 0x73, 7),
  PSRLDQ("psrldq", P66 | M0F | 0x73, 3),

  // Of AVX-512VL.
  VPROLD("prold", P66 | M0F | 0x72, 1, VecShiftOp.EVEX),
  VPROLQ("prolq", P66 | M0F | 0x72, 1, VecShiftOp.EVEX | VecShiftOp.W),
  VPSRAQ("psraq", P66 | M0F | 0x72, 4, VecShiftOp.EVEX | VecShiftOp.W);

  private static final int EVEX = 1;
  private static final int W = 2;

  public final String text;

  /** Packed as in {@link Opcodes}. */
  public final int opcode;

  /** The ModRM reg field. */
  public final int digit;

  private final int flags;

  VecShiftOp(String text, int opcode, int digit) {
    this(text, opcode, digit, 0);
  }

  VecShiftOp(String text, int opcode, int digit, int flags) {
    this.text = text;
    this.opcode = opcode;
    this.digit = digit;
    this.flags = flags;
  }

  /** Whether it is encoded by EVEX. */
  public boolean evex() {
    return (flags & EVEX) != 0;
  }

  /** EVEX.W. */
  public boolean wide() {
    return (flags & W) != 0;
  }
}
