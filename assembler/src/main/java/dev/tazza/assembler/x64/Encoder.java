package dev.tazza.assembler.x64;

import static dev.tazza.assembler.x64.Place.NO_REGISTER;

import dev.tazza.assembler.CodeBuffer;

/**
 * Writes instructions as bytes: prefixes, REX, VEX or EVEX, opcode, ModRM, SIB, displacement.
 * Opcodes come packed from the tables ({@link Opcodes}); registers by their hardware encoding.
 */
public final class Encoder {
  /** REX.W or VEX.W. */
  public static final int W = 1;

  /** The reg field is a byte register: spl, bpl, sil, dil need a REX prefix. */
  public static final int BYTE_REG = 2;

  /** The r/m field, if a register, is a byte register. */
  public static final int BYTE_RM = 4;

  /** Operand size of 16 bits. */
  public static final int SIZE16 = 8;

  /** Vectors of 256 bits, where VEX or EVEX says so. */
  public static final int L256 = 16;

  /** Vectors of 512 bits, in EVEX. */
  public static final int L512 = 32;

  private static final int SIB_FOLLOWS = 4;
  private static final int[] PREFIX_BYTES = {0, 0x66, 0xf3, 0xf2};

  public final CodeBuffer out;

  public Encoder(CodeBuffer out) {
    this.out = out;
  }

  /** An instruction without immediate. */
  public void encode(int opcode, int flags, int reg, Place rm) {
    encode(opcode, flags, reg, rm, 0);
  }

  /**
   * One instruction up to its displacement.
   *
   * @param reg the ModRM reg field: register or opcode extension
   * @param tail bytes of immediate that the caller writes behind
   */
  public void encode(int opcode, int flags, int reg, Place rm, int tail) {
    if ((flags & SIZE16) != 0) {
      out.byte1(0x66);
    }
    int prefix = Opcodes.prefix(opcode);
    if (prefix != 0) {
      out.byte1(PREFIX_BYTES[prefix]);
    }
    int rex = (flags & W) << 3 | (reg & 8) >> 1 | extension(rm);
    if (rex != 0 || needsRex(flags, reg, rm)) {
      out.byte1(0x40 | rex);
    }
    switch (Opcodes.map(opcode)) {
      case 1 -> out.byte1(0x0f);
      case 2 -> out.int16(0x380f);
      case 3 -> out.int16(0x3a0f);
      default -> {}
    }
    out.byte1(Opcodes.opcode(opcode));
    modRm(reg, rm, tail);
  }

  /** One VEX instruction, up to its displacement. */
  public void vex(int opcode, int flags, int reg, int vvvv, Place rm) {
    vex(opcode, flags, reg, vvvv, rm, 0);
  }

  public void vex(int opcode, int flags, int reg, int vvvv, Place rm, int tail) {
    int extension = extension(rm);
    int map = Opcodes.map(opcode);
    int length = (flags & L256) != 0 ? 4 : 0;
    int last = (~vvvv & 15) << 3 | length | Opcodes.prefix(opcode);
    int notR = (~reg & 8) << 4;
    if (map == 1 && (flags & W) == 0 && extension == 0) {
      out.byte1(0xc5);
      out.byte1(notR | last);
    } else {
      out.byte1(0xc4);
      out.byte1(notR | (~extension & 3) << 5 | map);
      out.byte1((flags & W) << 7 | last);
    }
    out.byte1(Opcodes.opcode(opcode));
    modRm(reg, rm, tail);
  }

  /**
   * One EVEX instruction without mask, up to its displacement, which is a byte where it is a small
   * multiple of the vector's size.
   *
   * <pre>
   *   62   R X B R' 0 map   W vvvv 1 prefix   0 L' L 0 V' 000   opcode   ModRM …
   * </pre>
   *
   * R, R', X, B, vvvv and V' are inverted; X and B extend a vector register in r/m together.
   *
   * @param reg 0 to 31, as {@code vvvv} and a vector register in {@code rm}
   * @param vvvv 0 where the instruction has none
   */
  public void evex(int opcode, int flags, int reg, int vvvv, Place rm) {
    int length = (flags & L512) != 0 ? 2 : (flags & L256) != 0 ? 1 : 0;
    int notRR = (~reg & 8) << 4 | ~reg & 16;
    int notXB = (~extension(rm) & 3) << 5;
    out.byte1(0x62);
    out.byte1(notRR | notXB | Opcodes.map(opcode));
    out.byte1((flags & W) << 7 | (~vvvv & 15) << 3 | 4 | Opcodes.prefix(opcode));
    out.byte1(length << 5 | (~vvvv & 16) >> 1);
    out.byte1(Opcodes.opcode(opcode));
    if (rm.kind == Place.Kind.MEMORY) {
      memory((reg & 7) << 3, rm, 4 + length);
    } else {
      modRm(reg, rm, 0);
    }
  }

  /** REX.X and REX.B. */
  private static int extension(Place rm) {
    return switch (rm.kind) {
      case REGISTER -> rm.register >> 3;
      case MEMORY ->
          (rm.base == NO_REGISTER ? 0 : rm.base >> 3)
              | (rm.index == NO_REGISTER ? 0 : rm.index >> 3 << 1);
      case LABEL -> 0;
    };
  }

  private static boolean needsRex(int flags, int reg, Place rm) {
    return (flags & BYTE_REG) != 0 && reg >= 4
        || (flags & BYTE_RM) != 0 && rm.isRegister() && rm.register >= 4;
  }

  private void modRm(int reg, Place rm, int tail) {
    int field = (reg & 7) << 3;
    switch (rm.kind) {
      case REGISTER -> out.byte1(0xc0 | field | rm.register & 7);
      case LABEL -> {
        out.byte1(field | 5);
        out.relative(rm.label, tail);
      }
      case MEMORY -> memory(field, rm, 0);
    }
  }

  /** ModRM, SIB and displacement; if that is one byte, it counts in {@code 1 << unit}. */
  private void memory(int field, Place rm, int unit) {
    if (rm.base == NO_REGISTER) {
      // Without SIB this encoding would mean rip-relative.
      int index = rm.index == NO_REGISTER ? SIB_FOLLOWS : rm.index & 7;
      out.byte1(field | SIB_FOLLOWS);
      out.byte1(rm.shift << 6 | index << 3 | 5);
      out.int32(rm.disp);
      return;
    }
    int base = rm.base & 7;
    // rbp and r13 as base have no form without displacement.
    int scaled = rm.disp >> unit;
    boolean isByte = scaled == (byte) scaled && scaled << unit == rm.disp;
    int mode = rm.disp == 0 && base != 5 ? 0 : isByte ? 1 : 2;
    if (rm.index != NO_REGISTER) {
      out.byte1(mode << 6 | field | SIB_FOLLOWS);
      out.byte1(rm.shift << 6 | (rm.index & 7) << 3 | base);
    } else if (base == SIB_FOLLOWS) {
      // rsp and r12 as base always need a SIB, with "no index".
      out.byte1(mode << 6 | field | SIB_FOLLOWS);
      out.byte1(SIB_FOLLOWS << 3 | base);
    } else {
      out.byte1(mode << 6 | field | base);
    }
    if (mode == 1) {
      out.byte1(scaled);
    } else if (mode == 2) {
      out.int32(rm.disp);
    }
  }

  /**
   * {@code op r/m, imm} with the short form of the immediate where it fits; {@code bytes}: 1, 2, 4
   * or 8.
   */
  public void aluImm(int digit, int bytes, Place rm, int imm) {
    int flags = sizeFlags(bytes) & ~BYTE_REG;
    if (bytes == 1) {
      encode(0x80, flags, digit, rm, 1);
      out.byte1(imm);
    } else if (imm == (byte) imm) {
      encode(0x83, flags, digit, rm, 1);
      out.byte1(imm);
    } else {
      immediate(0x81, flags, digit, bytes, rm, imm);
    }
  }

  /** An instruction with an immediate of the operand size, at most 4 bytes. */
  public void immediate(int opcode, int flags, int digit, int bytes, Place rm, int imm) {
    encode(opcode, flags, digit, rm, Math.min(bytes, 4));
    switch (bytes) {
      case 1 -> out.byte1(imm);
      case 2 -> out.int16(imm);
      default -> out.int32(imm);
    }
  }

  /** The flags for an operand size; both registers are byte registers if it is 1. */
  public static int sizeFlags(int bytes) {
    return switch (bytes) {
      case 1 -> BYTE_REG | BYTE_RM;
      case 2 -> SIZE16;
      case 8 -> W;
      default -> 0;
    };
  }

  /** {@code mov reg, value} in its shortest form that leaves the flags alone. */
  public void moveImm(int reg, long value) {
    if (value >>> 32 == 0) {
      if (reg >= 8) {
        out.byte1(0x41);
      }
      out.byte1(0xb8 | reg & 7);
      out.int32((int) value);
    } else if (value == (int) value) {
      out.byte1(0x48 | reg >> 3);
      out.byte1(0xc7);
      out.byte1(0xc0 | reg & 7);
      out.int32((int) value);
    } else {
      out.byte1(0x48 | reg >> 3);
      out.byte1(0xb8 | reg & 7);
      out.int64(value);
    }
  }

  /** The prefix that lets no other processor come between what the instruction behind it does. */
  public void lock() {
    out.byte1(0xf0);
  }

  /** {@code push} or {@code pop}. */
  public void push(int reg) {
    if (reg >= 8) {
      out.byte1(0x41);
    }
    out.byte1(0x50 | reg & 7);
  }

  public void pop(int reg) {
    if (reg >= 8) {
      out.byte1(0x41);
    }
    out.byte1(0x58 | reg & 7);
  }
}
