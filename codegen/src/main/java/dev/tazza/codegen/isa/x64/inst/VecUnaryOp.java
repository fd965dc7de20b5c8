package dev.tazza.codegen.isa.x64.inst;

import static dev.tazza.assembler.x64.Opcodes.M0F;
import static dev.tazza.assembler.x64.Opcodes.M0F38;
import static dev.tazza.assembler.x64.Opcodes.M0F3A;
import static dev.tazza.assembler.x64.Opcodes.NP;
import static dev.tazza.assembler.x64.Opcodes.P66;
import static dev.tazza.assembler.x64.Opcodes.PF2;
import static dev.tazza.assembler.x64.Opcodes.PF3;

import dev.tazza.assembler.x64.Opcodes;

/** Vector operations on one operand. */
public enum VecUnaryOp {
  PABSB("pabsb", P66 | M0F38 | 0x1c, 0, 16),
  PABSW("pabsw", P66 | M0F38 | 0x1d, 0, 16),
  PABSD("pabsd", P66 | M0F38 | 0x1e, 0, 16),
  PMOVSXBW("pmovsxbw", P66 | M0F38 | 0x20, 0, 8),
  PMOVSXWD("pmovsxwd", P66 | M0F38 | 0x23, 0, 8),
  PMOVSXDQ("pmovsxdq", P66 | M0F38 | 0x25, 0, 8),
  PMOVZXBW("pmovzxbw", P66 | M0F38 | 0x30, 0, 8),
  PMOVZXWD("pmovzxwd", P66 | M0F38 | 0x33, 0, 8),
  PMOVZXDQ("pmovzxdq", P66 | M0F38 | 0x35, 0, 8),
  SQRTPS("sqrtps", NP | M0F | 0x51, 0, 16),
  SQRTPD("sqrtpd", P66 | M0F | 0x51, 0, 16),
  CVTDQ2PS("cvtdq2ps", NP | M0F | 0x5b, 0, 16),
  CVTTPS2DQ("cvttps2dq", PF3 | M0F | 0x5b, 0, 16),
  CVTDQ2PD("cvtdq2pd", PF3 | M0F | 0xe6, 0, 8),
  CVTTPD2DQ("cvttpd2dq", P66 | M0F | 0xe6, 0, 16),
  CVTPS2PD("cvtps2pd", NP | M0F | 0x5a, 0, 8),
  CVTPD2PS("cvtpd2ps", P66 | M0F | 0x5a, 0, 16),
  MOVDDUP("movddup", PF2 | M0F | 0x12, 0, 8),
  MOVAPS("movaps", NP | M0F | 0x28, 0, 16),

  // AVX and AVX2.
  VBROADCASTSS("broadcastss", P66 | M0F38 | 0x18, 0, 4),
  VPBROADCASTB("pbroadcastb", P66 | M0F38 | 0x78, 0, 1),
  VPBROADCASTW("pbroadcastw", P66 | M0F38 | 0x79, 0, 2),

  // AVX-512VL.
  VPABSQ("pabsq", P66 | M0F38 | 0x1f, VecUnaryOp.EVEX | VecUnaryOp.W, VecUnaryOp.REGISTER_ONLY),
  VCVTUDQ2PS("cvtudq2ps", PF2 | M0F | 0x7a, VecUnaryOp.EVEX, VecUnaryOp.REGISTER_ONLY),
  VCVTUDQ2PD("cvtudq2pd", PF3 | M0F | 0x7a, VecUnaryOp.EVEX, VecUnaryOp.REGISTER_ONLY),
  VCVTTPS2UDQ("cvttps2udq", NP | M0F | 0x78, VecUnaryOp.EVEX, VecUnaryOp.REGISTER_ONLY),
  VCVTTPD2UDQ(
      "cvttpd2udq", NP | M0F | 0x78, VecUnaryOp.EVEX | VecUnaryOp.W, VecUnaryOp.REGISTER_ONLY),

  // With an immediate.
  PSHUFD("pshufd", P66 | M0F | 0x70, VecUnaryOp.IMMEDIATE, 16),
  PSHUFHW("pshufhw", PF3 | M0F | 0x70, VecUnaryOp.IMMEDIATE, 16),
  PSHUFLW("pshuflw", PF2 | M0F | 0x70, VecUnaryOp.IMMEDIATE, 16),
  ROUNDPS("roundps", P66 | M0F3A | 0x08, VecUnaryOp.IMMEDIATE, 16),
  ROUNDPD("roundpd", P66 | M0F3A | 0x09, VecUnaryOp.IMMEDIATE, 16),

  // To an integer register.
  PMOVMSKB("pmovmskb", P66 | M0F | 0xd7, 0, VecUnaryOp.REGISTER_ONLY),
  MOVMSKPS("movmskps", NP | M0F | 0x50, 0, VecUnaryOp.REGISTER_ONLY),
  MOVMSKPD("movmskpd", P66 | M0F | 0x50, 0, VecUnaryOp.REGISTER_ONLY),
  PEXTRB("pextrb", P66 | M0F3A | 0x14, VecUnaryOp.LANE, VecUnaryOp.REGISTER_ONLY),
  PEXTRW("pextrw", P66 | M0F3A | 0x15, VecUnaryOp.LANE, VecUnaryOp.REGISTER_ONLY),
  PEXTRD("pextrd", P66 | M0F3A | 0x16, VecUnaryOp.LANE, VecUnaryOp.REGISTER_ONLY),
  PEXTRQ("pextrq", P66 | M0F3A | 0x16, VecUnaryOp.LANE | VecUnaryOp.W, VecUnaryOp.REGISTER_ONLY);

  private static final int IMMEDIATE = 1;
  private static final int W = 2;

  /** The ModRM reg field is the source. */
  private static final int REVERSED = 4;

  /** Has the EVEX form only, of which the one on registers is used. */
  private static final int EVEX = 8;

  /** A lane, whose number is an immediate, to an integer register or memory. */
  private static final int LANE = IMMEDIATE | REVERSED;

  /** As a number of bytes: more than any place in memory has. */
  private static final int REGISTER_ONLY = 64;

  public final String text;

  /** Packed as in {@link Opcodes}. */
  public final int opcode;

  private final int flags;

  /** How much is read when the operand is in memory. */
  public final int bytes;

  VecUnaryOp(String text, int opcode, int flags, int bytes) {
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

  public boolean sourceInReg() {
    return (flags & REVERSED) != 0;
  }
}
