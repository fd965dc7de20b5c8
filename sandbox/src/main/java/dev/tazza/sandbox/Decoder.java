package dev.tazza.sandbox;

import static dev.tazza.sandbox.Instructions.NO_REGISTER;

/**
 * Decodes the instructions that the compiler makes, and no others. One after the other from a
 * function's start, as the processor would without a jump: what a jump can reach has to start where
 * one of these does.
 *
 * <p>Where the code ends and constants begin nobody says. It ends where control cannot fall
 * through, no jump that was seen goes further, and no constants were seen to be further on.
 */
final class Decoder {
  private static final int REX_W = 8;
  private static final int REX_R = 4;
  private static final int REX_X = 2;
  private static final int REX_B = 1;

  private final Instructions out;
  private byte[] code = {};
  private int start;
  private int limit;
  private int pos;

  // Of the instruction under way.
  private int prefix;
  private int rex;
  private int vvvv;
  private boolean vex;

  /** The furthest target of a jump. */
  private long furthest;

  /** The first constant that is addressed relative to the pc. */
  private long constants;

  Decoder(Instructions out) {
    this.out = out;
  }

  /**
   * Decodes the function at {@code offset} of {@code text}.
   *
   * @param bytes its size, constants included
   */
  void decode(byte[] text, int offset, int bytes) {
    code = text;
    start = offset;
    limit = offset + bytes;
    pos = offset;
    furthest = 0;
    constants = Long.MAX_VALUE;
    out.start(bytes);
    boolean hasEnded = false;
    while (true) {
      int i = one();
      hasEnded = isEnd(i) || hasEnded && out.kind[i] == Kind.NOP;
      if (hasEnded
          && pos - start > furthest
          && (constants == Long.MAX_VALUE || pos - start >= constants)) {
        return;
      }
      if (pos - start >= constants && pos - start > furthest) {
        throw new Rejection(i, "control falls into constants");
      }
      if (pos >= limit) {
        throw new Rejection(i, "control falls off the end of the function");
      }
    }
  }

  private boolean isEnd(int i) {
    return switch (out.kind[i]) {
      case Kind.JUMP, Kind.LEAVE, Kind.RETURN, Kind.TRAP -> true;
      case Kind.JUMP_RM -> i == 0 || out.kind[i - 1] != Kind.PUSH;
      default -> false;
    };
  }

  private int next() {
    if (pos >= limit) {
      throw new Rejection(
          Math.max(0, out.count - 1), "an instruction is cut off by the function's end");
    }
    return code[pos++] & 0xff;
  }

  private int int32() {
    int value = next();
    value |= next() << 8;
    value |= next() << 16;
    return value | next() << 24;
  }

  private int one() {
    int i = out.add(pos - start);
    out.kind[i] = Kind.NONE;
    out.rm[i] = NO_REGISTER;
    out.base[i] = NO_REGISTER;
    out.index[i] = NO_REGISTER;
    prefix = Rows.NP;
    rex = 0;
    vvvv = 0;
    vex = false;
    int opcode = next();
    if (opcode == 0x66 || opcode == 0xf2 || opcode == 0xf3) {
      prefix = opcode == 0x66 ? Rows.P66 : opcode == 0xf3 ? Rows.PF3 : Rows.PF2;
      opcode = next();
    }
    int map = 0;
    if ((opcode & 0xf0) == 0x40) {
      rex = opcode;
      opcode = next();
    } else if ((opcode == 0xc5 || opcode == 0xc4) && prefix == Rows.NP) {
      map = vexPrefix(opcode, i);
      opcode = next();
    }
    if (!vex && opcode == 0x0f) {
      opcode = next();
      map = opcode == 0x38 ? 2 : opcode == 0x3a ? 3 : 1;
      opcode = map == 1 ? opcode : next();
    }
    int row = Rows.row(map, prefix, opcode);
    if ((row & Rows.GROUP) != 0) {
      int modrm = pos < limit ? code[pos] : 0;
      row = Rows.member(map, opcode, modrm >> 3 & 7);
    }
    if ((row & 0xff) == Kind.NONE) {
      throw new Rejection(i, "not an instruction that the compiler makes");
    }
    if (vex ? (row & (Rows.VEX_TOO | Rows.VEX_ONLY)) == 0 : (row & Rows.VEX_ONLY) != 0) {
      throw new Rejection(i, "not an encoding that the compiler makes");
    }
    fill(i, row, opcode);
    return i;
  }

  /** Gives the map. */
  private int vexPrefix(int first, int i) {
    vex = true;
    int second = next();
    int last = second;
    int map = 1;
    if (first == 0xc4) {
      last = next();
      map = second & 31;
      rex = (~second >> 5 & 7) | (last & 0x80) >> 4;
    } else {
      rex = (~second & 0x80) >> 5;
    }
    vvvv = ~last >> 3 & 15;
    prefix = last & 3;
    if ((last & 4) != 0 || map < 1 || map > 3) {
      throw new Rejection(i, "not an encoding that the compiler makes");
    }
    return map;
  }

  private void fill(int i, int row, int opcode) {
    // Of vector instructions the prefix is a part of the opcode.
    boolean isWord = prefix == Rows.P66 && !vex && (row & (Rows.REG_VECTOR | Rows.RM_VECTOR)) == 0;
    int size = (rex & REX_W) != 0 ? 8 : isWord ? 2 : 4;
    if ((row & Rows.BYTE) != 0) {
      size = 1;
    }
    out.kind[i] = (byte) row;
    out.sub[i] = (byte) (row >> Rows.SUB_SHIFT);
    out.size[i] = (byte) size;
    int width = row >> Rows.WIDTH_SHIFT & 7;
    out.width[i] = (byte) (width == 0 ? size : 1 << width - 1);
    out.third[i] = (byte) vvvv;
    if ((row & Rows.REG_IN_OPCODE) != 0) {
      out.reg[i] = (byte) (opcode & 7 | (rex & REX_B) << 3);
    }
    if ((row & Rows.MODRM) != 0) {
      modRm(i, row);
    }
    if (vex && out.kind[i] == Kind.VECTOR_SHIFT) {
      out.rm[i] = (byte) (vvvv + Instructions.VECTOR);
    }
    immediate(i, row);
    if (out.base[i] == Instructions.PC) {
      constant(i);
    }
  }

  private void modRm(int i, int row) {
    int modrm = next();
    int vectors = (row & Rows.REG_VECTOR) != 0 ? Instructions.VECTOR : 0;
    out.reg[i] = (byte) ((modrm >> 3 & 7 | (rex & REX_R) << 1) + vectors);
    if (modrm >= 0xc0) {
      int register = modrm & 7 | (rex & REX_B) << 3;
      boolean highByte =
          (row & Rows.BYTE) != 0
              || (row & 0xff) == Kind.MOVE_ZERO && out.width[i] == 1
              || (row & 0xff) == Kind.MOVE_SIGN && out.width[i] == 1;
      if (highByte
          && rex == 0
          && (register >= 4 || (row & Rows.BYTE) != 0 && out.reg[i] >= 4 && !isDigit(row))) {
        throw new Rejection(i, "a high byte register");
      }
      if ((row & Rows.MEMORY_ONLY) != 0) {
        throw new Rejection(i, "not an encoding that the compiler makes");
      }
      out.rm[i] = (byte) (register + ((row & Rows.RM_VECTOR) != 0 ? Instructions.VECTOR : 0));
      return;
    }
    if ((row & Rows.REGISTER_ONLY) != 0) {
      throw new Rejection(i, "not an encoding that the compiler makes");
    }
    if ((row & Rows.BYTE) != 0 && rex == 0 && out.reg[i] >= 4 && !isDigit(row)) {
      throw new Rejection(i, "a high byte register");
    }
    memory(i, modrm);
  }

  /** Whether the reg field is no register. */
  private static boolean isDigit(int row) {
    int kind = row & 0xff;
    return kind == Kind.ALU_IMM || kind == Kind.STORE_IMM || kind == Kind.SET_IF;
  }

  private void memory(int i, int modrm) {
    int mode = modrm >> 6;
    int low = modrm & 7;
    if (mode == 0 && low == 5) {
      out.base[i] = Instructions.PC;
      out.disp[i] = int32();
      return;
    }
    if (low == 4) {
      int sib = next();
      int index = sib >> 3 & 7 | (rex & REX_X) << 2;
      out.index[i] = (byte) (index == 4 ? NO_REGISTER : index);
      out.shift[i] = (byte) (sib >> 6);
      low = sib & 7;
      if (mode == 0 && low == 5) {
        out.disp[i] = int32();
        return;
      }
    }
    out.base[i] = (byte) (low | (rex & REX_B) << 3);
    out.disp[i] = mode == 0 ? 0 : mode == 1 ? (byte) next() : int32();
  }

  private void immediate(int i, int row) {
    int kind = row & 0xff;
    int form = row >> Rows.IMM_SHIFT & 3;
    long imm = 0;
    if (kind == Kind.MOVE_IMM) {
      imm = int32() & 0xffff_ffffL;
      if (out.size[i] == 8) {
        imm |= (long) int32() << 32;
      }
    } else if (form == 1) {
      imm = (byte) next();
    } else if (form == 2) {
      boolean small = out.size[i] == 2 || kind == Kind.RETURN;
      imm = small ? (short) (next() | next() << 8) : int32();
    } else if (kind == Kind.SHIFT_IMM) {
      imm = 1;
    }
    if (kind == Kind.STORE_IMM && !out.isMemory(i)) {
      out.kind[i] = Kind.MOVE_IMM;
      out.reg[i] = out.rm[i];
      if (out.size[i] != 8) {
        throw new Rejection(i, "not an encoding that the compiler makes");
      }
    }
    if (kind == Kind.JUMP || kind == Kind.JUMP_IF || kind == Kind.CALL) {
      imm += pos - start;
      if (kind == Kind.JUMP && (imm < 0 || imm >= limit - start)) {
        out.kind[i] = Kind.LEAVE;
      } else if (kind != Kind.CALL) {
        furthest = Math.max(furthest, imm);
      }
    }
    out.imm[i] = kind == Kind.RETURN ? imm & 0xffff : imm;
  }

  private void constant(int i) {
    long target = (long) out.disp[i] + (pos - start);
    if (target < 0 || target >= limit - start) {
      throw new Rejection(i, "a constant outside of the function");
    }
    out.disp[i] = (int) target;
    boolean isReturn = out.kind[i] == Kind.LEA && isPushedNext(out.reg[i]);
    if (isReturn) {
      furthest = Math.max(furthest, target);
    } else {
      constants = Math.min(constants, target);
    }
  }

  /** Whether a push of the register follows: the address then is one to return to. */
  private boolean isPushedNext(int register) {
    int at = pos;
    if (register >= 8 && at < limit && code[at] == 0x41) {
      at++;
    }
    return at < limit && (code[at] & 0xff) == (0x50 | register & 7);
  }
}
