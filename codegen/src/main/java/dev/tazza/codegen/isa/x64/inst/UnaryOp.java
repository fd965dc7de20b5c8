package dev.tazza.codegen.isa.x64.inst;

import static dev.tazza.assembler.x64.Opcodes.M0F;
import static dev.tazza.assembler.x64.Opcodes.M0F38;
import static dev.tazza.assembler.x64.Opcodes.M0F3A;
import static dev.tazza.assembler.x64.Opcodes.NP;
import static dev.tazza.assembler.x64.Opcodes.P66;
import static dev.tazza.assembler.x64.Opcodes.PF2;
import static dev.tazza.assembler.x64.Opcodes.PF3;

import dev.tazza.assembler.x64.Opcodes;

/**
 * One value in, another one out: loads, extensions, bit counts, square roots, rounding,
 * conversions.
 */
public enum UnaryOp {
  MOV32("mov32", NP | 0x8b, 0),
  MOV64("mov64", NP | 0x8b, UnaryOp.W),
  MOVZX8("movzx8", NP | M0F | 0xb6, UnaryOp.BYTE),
  MOVZX16("movzx16", NP | M0F | 0xb7, 0),
  MOVSX8_32("movsx8.32", NP | M0F | 0xbe, UnaryOp.BYTE),
  MOVSX8_64("movsx8.64", NP | M0F | 0xbe, UnaryOp.BYTE | UnaryOp.W),
  MOVSX16_32("movsx16.32", NP | M0F | 0xbf, 0),
  MOVSX16_64("movsx16.64", NP | M0F | 0xbf, UnaryOp.W),
  MOVSX32_64("movsx32.64", NP | 0x63, UnaryOp.W),
  LZCNT32("lzcnt32", PF3 | M0F | 0xbd, UnaryOp.INT_DEP),
  LZCNT64("lzcnt64", PF3 | M0F | 0xbd, UnaryOp.W | UnaryOp.INT_DEP),
  TZCNT32("tzcnt32", PF3 | M0F | 0xbc, UnaryOp.INT_DEP),
  TZCNT64("tzcnt64", PF3 | M0F | 0xbc, UnaryOp.W | UnaryOp.INT_DEP),
  POPCNT32("popcnt32", PF3 | M0F | 0xb8, UnaryOp.INT_DEP),
  POPCNT64("popcnt64", PF3 | M0F | 0xb8, UnaryOp.W | UnaryOp.INT_DEP),

  NOT32("not32", 0xf7, UnaryOp.IN_PLACE, 2),
  NOT64("not64", 0xf7, UnaryOp.IN_PLACE | UnaryOp.W, 2),
  NEG32("neg32", 0xf7, UnaryOp.IN_PLACE, 3),
  NEG64("neg64", 0xf7, UnaryOp.IN_PLACE | UnaryOp.W, 3),

  MOVSS("movss", PF3 | M0F | 0x10, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_SRC),
  MOVSD("movsd", PF2 | M0F | 0x10, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_SRC),
  /** A whole vector, wherever it is. */
  MOVUPS("movups", NP | M0F | 0x10, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_SRC),
  SQRTSS("sqrtss", PF3 | M0F | 0x51, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_SRC | UnaryOp.FLOAT_DEP),
  SQRTSD("sqrtsd", PF2 | M0F | 0x51, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_SRC | UnaryOp.FLOAT_DEP),
  CVTSS2SD("cvtss2sd", PF3 | M0F | 0x5a, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_SRC | UnaryOp.FLOAT_DEP),
  CVTSD2SS("cvtsd2ss", PF2 | M0F | 0x5a, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_SRC | UnaryOp.FLOAT_DEP),
  NEARSS("roundss.near", P66 | M0F3A | 0x0a, UnaryOp.ROUND, 8),
  FLOORSS("roundss.floor", P66 | M0F3A | 0x0a, UnaryOp.ROUND, 9),
  CEILSS("roundss.ceil", P66 | M0F3A | 0x0a, UnaryOp.ROUND, 10),
  TRUNCSS("roundss.trunc", P66 | M0F3A | 0x0a, UnaryOp.ROUND, 11),
  NEARSD("roundsd.near", P66 | M0F3A | 0x0b, UnaryOp.ROUND, 8),
  FLOORSD("roundsd.floor", P66 | M0F3A | 0x0b, UnaryOp.ROUND, 9),
  CEILSD("roundsd.ceil", P66 | M0F3A | 0x0b, UnaryOp.ROUND, 10),
  TRUNCSD("roundsd.trunc", P66 | M0F3A | 0x0b, UnaryOp.ROUND, 11),

  CVTSI2SS32("cvtsi2ss32", PF3 | M0F | 0x2a, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_DEP),
  CVTSI2SS64("cvtsi2ss64", PF3 | M0F | 0x2a, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_DEP | UnaryOp.W),
  CVTSI2SD32("cvtsi2sd32", PF2 | M0F | 0x2a, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_DEP),
  CVTSI2SD64("cvtsi2sd64", PF2 | M0F | 0x2a, UnaryOp.FLOAT_DST | UnaryOp.FLOAT_DEP | UnaryOp.W),
  CVTTSS2SI32("cvttss2si32", PF3 | M0F | 0x2c, UnaryOp.FLOAT_SRC),
  CVTTSD2SI32("cvttsd2si32", PF2 | M0F | 0x2c, UnaryOp.FLOAT_SRC),
  CVTTSS2SI64("cvttss2si64", PF3 | M0F | 0x2c, UnaryOp.FLOAT_SRC | UnaryOp.W),
  CVTTSD2SI64("cvttsd2si64", PF2 | M0F | 0x2c, UnaryOp.FLOAT_SRC | UnaryOp.W),
  /** Integer register to float register. */
  MOVD_TO("movd.to", P66 | M0F | 0x6e, UnaryOp.FLOAT_DST),
  MOVQ_TO("movq.to", P66 | M0F | 0x6e, UnaryOp.FLOAT_DST | UnaryOp.W),
  /** Float register to integer register. */
  MOVD_FROM("movd.from", P66 | M0F | 0x7e, UnaryOp.FLOAT_SRC | UnaryOp.REVERSED),
  MOVQ_FROM("movq.from", P66 | M0F | 0x7e, UnaryOp.FLOAT_SRC | UnaryOp.REVERSED | UnaryOp.W),

  /** VEX, result in vvvv: clears the lowest set bit. */
  BLSR32("blsr32", M0F38 | 0xf3, UnaryOp.BLS, 1),
  BLSR64("blsr64", M0F38 | 0xf3, UnaryOp.BLS | UnaryOp.W, 1),
  /** The lowest set bit alone. */
  BLSI32("blsi32", M0F38 | 0xf3, UnaryOp.BLS, 3),
  BLSI64("blsi64", M0F38 | 0xf3, UnaryOp.BLS | UnaryOp.W, 3),
  /** All bits up to the lowest set one. */
  BLSMSK32("blsmsk32", M0F38 | 0xf3, UnaryOp.BLS, 2),
  BLSMSK64("blsmsk64", M0F38 | 0xf3, UnaryOp.BLS | UnaryOp.W, 2);

  /** REX.W or VEX.W set. */
  private static final int W = 1;

  /** Reads a byte register. */
  private static final int BYTE = 2;

  private static final int FLOAT_DST = 4;
  private static final int FLOAT_SRC = 8;

  /** Waits for the old value of a float result register for no reason: to be cleared first. */
  private static final int FLOAT_DEP = 16;

  /** The same of an integer result (a flaw of some processors). */
  private static final int INT_DEP = 32;

  /** The ModRM reg field is the source. */
  private static final int REVERSED = 64;

  /** The number is the ModRM reg field, the result goes to VEX.vvvv. */
  private static final int BLS = 128;

  /** The number is an immediate behind. */
  private static final int IMMEDIATE = 256;

  /** The number is the ModRM reg field, source and result are one register. */
  private static final int IN_PLACE = 512;

  private static final int ROUND = FLOAT_DST | FLOAT_SRC | FLOAT_DEP | IMMEDIATE;

  public final String text;

  /** Packed as in {@link Opcodes}. */
  public final int opcode;

  private final int flags;

  /** Immediate or opcode extension. */
  public final int number;

  UnaryOp(String text, int opcode, int flags) {
    this(text, opcode, flags, 0);
  }

  UnaryOp(String text, int opcode, int flags, int number) {
    this.text = text;
    this.opcode = opcode;
    this.flags = flags;
    this.number = number;
  }

  public boolean wide() {
    return (flags & W) != 0;
  }

  public boolean readsByte() {
    return (flags & BYTE) != 0;
  }

  boolean floatResult() {
    return (flags & FLOAT_DST) != 0;
  }

  public boolean floatSource() {
    return (flags & FLOAT_SRC) != 0;
  }

  public boolean waitsForFloatResult() {
    return (flags & FLOAT_DEP) != 0;
  }

  public boolean waitsForIntResult() {
    return (flags & INT_DEP) != 0;
  }

  public boolean sourceInReg() {
    return (flags & REVERSED) != 0;
  }

  public boolean resultInVvvv() {
    return (flags & BLS) != 0;
  }

  public boolean inPlace() {
    return (flags & IN_PLACE) != 0;
  }

  public boolean hasImmediate() {
    return (flags & IMMEDIATE) != 0;
  }
}
