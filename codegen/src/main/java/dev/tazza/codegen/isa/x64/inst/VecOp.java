package dev.tazza.codegen.isa.x64.inst;

import static dev.tazza.assembler.x64.Opcodes.M0F;
import static dev.tazza.assembler.x64.Opcodes.M0F38;
import static dev.tazza.assembler.x64.Opcodes.M0F3A;
import static dev.tazza.assembler.x64.Opcodes.NP;
import static dev.tazza.assembler.x64.Opcodes.P66;
import static dev.tazza.assembler.x64.Opcodes.PF2;

import dev.tazza.assembler.x64.Opcodes;

/**
 * Vector operations on two operands, {@code left = left op right}; with AVX {@code result = left op
 * right}.
 */
public enum VecOp {
  PADDB("paddb", P66 | M0F | 0xfc),
  PADDW("paddw", P66 | M0F | 0xfd),
  PADDD("paddd", P66 | M0F | 0xfe),
  PADDQ("paddq", P66 | M0F | 0xd4),
  PADDSB("paddsb", P66 | M0F | 0xec),
  PADDSW("paddsw", P66 | M0F | 0xed),
  PADDUSB("paddusb", P66 | M0F | 0xdc),
  PADDUSW("paddusw", P66 | M0F | 0xdd),
  PSUBB("psubb", P66 | M0F | 0xf8),
  PSUBW("psubw", P66 | M0F | 0xf9),
  PSUBD("psubd", P66 | M0F | 0xfa),
  PSUBQ("psubq", P66 | M0F | 0xfb),
  PSUBSB("psubsb", P66 | M0F | 0xe8),
  PSUBSW("psubsw", P66 | M0F | 0xe9),
  PSUBUSB("psubusb", P66 | M0F | 0xd8),
  PSUBUSW("psubusw", P66 | M0F | 0xd9),
  PMINUB("pminub", P66 | M0F | 0xda),
  PMINSW("pminsw", P66 | M0F | 0xea),
  PMAXUB("pmaxub", P66 | M0F | 0xde),
  PMAXSW("pmaxsw", P66 | M0F | 0xee),
  PAVGB("pavgb", P66 | M0F | 0xe0),
  PAVGW("pavgw", P66 | M0F | 0xe3),
  PMULLW("pmullw", P66 | M0F | 0xd5),
  PMULHW("pmulhw", P66 | M0F | 0xe5),
  PMULHUW("pmulhuw", P66 | M0F | 0xe4),
  PMADDWD("pmaddwd", P66 | M0F | 0xf5),
  PMULUDQ("pmuludq", P66 | M0F | 0xf4),
  PAND("pand", P66 | M0F | 0xdb),
  PANDN("pandn", P66 | M0F | 0xdf),
  POR("por", P66 | M0F | 0xeb),
  PXOR("pxor", P66 | M0F | 0xef),
  PCMPEQB("pcmpeqb", P66 | M0F | 0x74),
  PCMPEQW("pcmpeqw", P66 | M0F | 0x75),
  PCMPEQD("pcmpeqd", P66 | M0F | 0x76),
  PCMPGTB("pcmpgtb", P66 | M0F | 0x64),
  PCMPGTW("pcmpgtw", P66 | M0F | 0x65),
  PCMPGTD("pcmpgtd", P66 | M0F | 0x66),
  PACKSSWB("packsswb", P66 | M0F | 0x63),
  PACKSSDW("packssdw", P66 | M0F | 0x6b),
  PACKUSWB("packuswb", P66 | M0F | 0x67),
  PUNPCKLBW("punpcklbw", P66 | M0F | 0x60),
  PUNPCKLWD("punpcklwd", P66 | M0F | 0x61),
  PUNPCKLDQ("punpckldq", P66 | M0F | 0x62),
  PUNPCKLQDQ("punpcklqdq", P66 | M0F | 0x6c),
  PUNPCKHBW("punpckhbw", P66 | M0F | 0x68),
  PUNPCKHWD("punpckhwd", P66 | M0F | 0x69),
  PUNPCKHDQ("punpckhdq", P66 | M0F | 0x6a),
  PUNPCKHQDQ("punpckhqdq", P66 | M0F | 0x6d),
  PSLLW("psllw", P66 | M0F | 0xf1),
  PSLLD("pslld", P66 | M0F | 0xf2),
  PSLLQ("psllq", P66 | M0F | 0xf3),
  PSRLW("psrlw", P66 | M0F | 0xd1),
  PSRLD("psrld", P66 | M0F | 0xd2),
  PSRLQ("psrlq", P66 | M0F | 0xd3),
  PSRAW("psraw", P66 | M0F | 0xe1),
  PSRAD("psrad", P66 | M0F | 0xe2),
  /** Of AVX-512VL. */
  VPSRAQ("psraq", P66 | M0F | 0xe2, VecOp.EVEX | VecOp.W, VecOp.REGISTER_ONLY),
  PSHUFB("pshufb", P66 | M0F38 | 0x00),
  PMADDUBSW("pmaddubsw", P66 | M0F38 | 0x04),
  PMULHRSW("pmulhrsw", P66 | M0F38 | 0x0b),
  PMULDQ("pmuldq", P66 | M0F38 | 0x28),
  PCMPEQQ("pcmpeqq", P66 | M0F38 | 0x29),
  PACKUSDW("packusdw", P66 | M0F38 | 0x2b),
  PCMPGTQ("pcmpgtq", P66 | M0F38 | 0x37),
  PMINSB("pminsb", P66 | M0F38 | 0x38),
  PMINSD("pminsd", P66 | M0F38 | 0x39),
  PMINUW("pminuw", P66 | M0F38 | 0x3a),
  PMINUD("pminud", P66 | M0F38 | 0x3b),
  PMAXSB("pmaxsb", P66 | M0F38 | 0x3c),
  PMAXSD("pmaxsd", P66 | M0F38 | 0x3d),
  PMAXUW("pmaxuw", P66 | M0F38 | 0x3e),
  PMAXUD("pmaxud", P66 | M0F38 | 0x3f),
  PMULLD("pmulld", P66 | M0F38 | 0x40),

  // With an immediate.
  PALIGNR("palignr", P66 | M0F3A | 0x0f, VecOp.IMMEDIATE, 16),
  PBLENDW("pblendw", P66 | M0F3A | 0x0e, VecOp.IMMEDIATE, 16),
  SHUFPS("shufps", NP | M0F | 0xc6, VecOp.IMMEDIATE, 16),
  CMPPS("cmpps", NP | M0F | 0xc2, VecOp.IMMEDIATE, 16),
  CMPPD("cmppd", P66 | M0F | 0xc2, VecOp.IMMEDIATE, 16),

  // A scalar into a lane, whose number is the immediate.
  PINSRB("pinsrb", P66 | M0F3A | 0x20, VecOp.IMMEDIATE, 1),
  PINSRW("pinsrw", P66 | M0F | 0xc4, VecOp.IMMEDIATE, 2),
  PINSRD("pinsrd", P66 | M0F3A | 0x22, VecOp.IMMEDIATE, 4),
  PINSRQ("pinsrq", P66 | M0F3A | 0x22, VecOp.IMMEDIATE | VecOp.W, 8),
  INSERTPS("insertps", P66 | M0F3A | 0x21, VecOp.IMMEDIATE, 4),
  /** The low half of a register. */
  MOVSD_LOW("movsd.low", PF2 | M0F | 0x10, 0, VecOp.REGISTER_ONLY),
  /** The low half from memory: as a register this would be {@code movhlps}. */
  MOVLPS("movlps", NP | M0F | 0x12, 0, 8),
  /** The high half, from memory or the low half of a register. */
  MOVHPS("movhps", NP | M0F | 0x16, 0, 8),

  ADDPS("addps", NP | M0F | 0x58),
  ADDPD("addpd", P66 | M0F | 0x58),
  MULPS("mulps", NP | M0F | 0x59),
  MULPD("mulpd", P66 | M0F | 0x59),
  SUBPS("subps", NP | M0F | 0x5c),
  SUBPD("subpd", P66 | M0F | 0x5c),
  MINPS("minps", NP | M0F | 0x5d),
  MINPD("minpd", P66 | M0F | 0x5d),
  DIVPS("divps", NP | M0F | 0x5e),
  DIVPD("divpd", P66 | M0F | 0x5e),
  MAXPS("maxps", NP | M0F | 0x5f),
  MAXPD("maxpd", P66 | M0F | 0x5f),
  UNPCKLPS("unpcklps", NP | M0F | 0x14);

  private static final int IMMEDIATE = 1;
  private static final int W = 2;

  /** Has the EVEX form only, of which the one on registers is used. */
  private static final int EVEX = 4;

  /** As a number of bytes: more than any place in memory has. */
  private static final int REGISTER_ONLY = 64;

  public final String text;

  /** Packed as in {@link Opcodes}. */
  public final int opcode;

  private final int flags;

  /** How much is read when the right operand is in memory. */
  public final int bytes;

  VecOp(String text, int opcode) {
    this(text, opcode, 0, 16);
  }

  VecOp(String text, int opcode, int flags, int bytes) {
    this.text = text;
    this.opcode = opcode;
    this.flags = flags;
    this.bytes = bytes;
  }

  public boolean hasImmediate() {
    return (flags & IMMEDIATE) != 0;
  }

  /** Whether it is encoded by EVEX. */
  public boolean evex() {
    return (flags & EVEX) != 0;
  }

  /** EVEX.W, VEX.W or REX.W. */
  public boolean wide() {
    return (flags & W) != 0;
  }
}
