package dev.tazza.sandbox;

import static dev.tazza.sandbox.Instructions.NO_REGISTER;

import dev.tazza.environ.StoreContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes the instructions that the compiler makes, and no others. One after the other from a
 * function's start, as the processor would without a jump: what a jump can reach has to start where
 * one of these does.
 *
 * <p>Where the code ends and constants begin nobody says. It ends where control cannot fall
 * through, no jump that was seen goes further, and no constants were seen to be further on.
 */
final class Decoder {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** More than any instruction has. */
  private static final int MOST_BYTES = 32;

  private static final int IMMEDIATE = 3 << Rows.IMM_SHIFT;

  /** By first byte: {@link Rows#NP} or which prefix it is. */
  private static final byte[] PREFIXES = new byte[256];

  /** By kind: whether {@link #immediate} is needed without an immediate of the row. */
  private static final boolean[] NEEDS_MORE = new boolean[64];

  static {
    PREFIXES[0x66] = Rows.P66;
    PREFIXES[0xf3] = Rows.PF3;
    PREFIXES[0xf2] = Rows.PF2;
    NEEDS_MORE[Kind.MOVE_IMM] = true;
    NEEDS_MORE[Kind.SHIFT_IMM] = true;
  }

  private static final int LOCK = 0xf0;
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
  private boolean evex;
  private boolean lock;

  /** The furthest target of a jump. */
  private long furthest;

  /** The first constant that is addressed relative to the pc. */
  private long constants;

  private final Records records;

  Decoder(Instructions out, Records records) {
    this.out = out;
    this.records = records;
  }

  /**
   * Decodes the function at {@code offset} of {@code text}.
   *
   * @param bytes its size, constants included
   */
  void decode(byte[] text, int offset, int bytes) {
    take(text, offset, bytes);
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

  /** Takes the code; with something behind it, so that no byte need be asked for whether it is. */
  private void take(byte[] text, int offset, int bytes) {
    code = text;
    start = offset;
    if (text.length - offset - bytes < MOST_BYTES) {
      code = Arrays.copyOfRange(text, offset, offset + bytes + MOST_BYTES);
      start = 0;
    }
    limit = start + bytes;
    pos = start;
  }

  private boolean isEnd(int i) {
    return switch (out.kind[i]) {
      case Kind.JUMP, Kind.LEAVE, Kind.RETURN, Kind.TRAP -> true;
      case Kind.JUMP_RM -> i == 0 || out.kind[i - 1] != Kind.PUSH;
      default -> false;
    };
  }

  private int one() {
    int i = out.add(pos - start);
    int at = pos;
    byte[] bytes = code;
    int opcode = bytes[at++] & 0xff;
    lock = opcode == LOCK;
    opcode = lock ? bytes[at++] & 0xff : opcode;
    prefix = PREFIXES[opcode];
    opcode = prefix == Rows.NP ? opcode : bytes[at++] & 0xff;
    rex = 0;
    vvvv = 0;
    vex = false;
    evex = false;
    int map = 0;
    if ((opcode & 0xf0) == 0x40) {
      rex = opcode;
      opcode = bytes[at++] & 0xff;
    } else if ((opcode == 0xc5 || opcode == 0xc4) && prefix == Rows.NP) {
      pos = at;
      map = vexPrefix(opcode, i);
      at = pos;
      opcode = bytes[at++] & 0xff;
    } else if (opcode == 0x62 && prefix == Rows.NP) {
      pos = at;
      map = evexPrefix(i);
      at = pos;
      opcode = bytes[at++] & 0xff;
    }
    if (!vex && opcode == 0x0f) {
      opcode = bytes[at++] & 0xff;
      map = opcode == 0x38 ? 2 : opcode == 0x3a ? 3 : 1;
      opcode = map == 1 ? opcode : bytes[at++] & 0xff;
    }
    pos = at;
    int row =
        evex
            ? EvexRows.row(map, prefix, (rex & REX_W) != 0, opcode, bytes[at] >> 3 & 7)
            : Rows.row(map, prefix, opcode);
    if ((row & Rows.GROUP) != 0) {
      row = Rows.member(row, bytes[at] >> 3 & 7);
    }
    if ((row & 0xff) == Kind.NONE) {
      out.clear(i);
      throw new Rejection(i, "not an instruction that the compiler makes");
    }
    if (vex ? (row & (Rows.VEX_TOO | Rows.VEX_ONLY)) == 0 : (row & Rows.VEX_ONLY) != 0) {
      throw new Rejection(i, "not an encoding that the compiler makes");
    }
    fill(i, row, opcode);
    if (lock != mustLock(i) && !(lock && mayLock(i))) {
      throw new Rejection(i, "not an encoding that the compiler makes");
    }
    if (pos > limit) {
      throw new Rejection(i, "an instruction is cut off by the function's end");
    }
    return i;
  }

  private boolean mustLock(int i) {
    boolean exchanges = out.kind[i] == Kind.EXCHANGE || out.kind[i] == Kind.COMPARE_EXCHANGE;
    return exchanges && out.sub[i] == Kind.LOCKED;
  }

  /** Whether it is arithmetic that is written to memory. */
  private boolean mayLock(int i) {
    boolean toMemory =
        (out.kind[i] == Kind.ALU_RM || out.kind[i] == Kind.ALU_IMM) && out.isMemory(i);
    return toMemory && out.sub[i] != Kind.CMP && out.sub[i] != Kind.TEST;
  }

  /** Gives the map. */
  private int vexPrefix(int first, int i) {
    vex = true;
    int second = code[pos++];
    int last = second;
    int map = 1;
    if (first == 0xc4) {
      last = code[pos++];
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

  /** Of vectors of 128 bits in the first sixteen registers, without a mask. Gives the map. */
  private int evexPrefix(int i) {
    vex = true;
    evex = true;
    int first = code[pos];
    int second = code[pos + 1];
    int third = code[pos + 2];
    pos += 3;
    int map = first & 7;
    rex = ~first >> 5 & (REX_R | REX_B) | (second & 0x80) >> 4;
    vvvv = ~second >> 3 & 15;
    prefix = second & 3;
    boolean isOne = (first & 0x58) == 0x50 && (second & 4) != 0 && third == 8;
    if (!isOne || map < 1 || map > 3) {
      throw new Rejection(i, "not an encoding that the compiler makes");
    }
    return map;
  }

  private void fill(int i, int row, int opcode) {
    // Of vector instructions the prefix is a part of the opcode.
    boolean isWord = prefix == Rows.P66 && !vex && (row & (Rows.REG_VECTOR | Rows.RM_VECTOR)) == 0;
    int size = (rex & REX_W) != 0 ? 8 : isWord ? 2 : 4;
    size = (row & Rows.BYTE) != 0 ? 1 : size;
    out.kind[i] = (byte) row;
    out.sub[i] = (byte) (row >> Rows.SUB_SHIFT);
    out.size[i] = (byte) size;
    int width = row >> Rows.WIDTH_SHIFT & 7;
    out.width[i] = (byte) (width == 0 ? size : 1 << width - 1);
    out.third[i] = (byte) vvvv;
    out.rm[i] = NO_REGISTER;
    out.base[i] = NO_REGISTER;
    out.index[i] = NO_REGISTER;
    if ((row & Rows.MODRM) != 0) {
      modRm(i, row);
      if (vex && out.kind[i] == Kind.VECTOR_SHIFT) {
        // Of the forms with three operands this one is written.
        out.rm[i] = (byte) (vvvv + Instructions.VECTOR);
      }
    } else {
      out.reg[i] = (byte) (opcode & 7 | (rex & REX_B) << 3);
    }
    if ((row & IMMEDIATE) != 0 || NEEDS_MORE[row & 0xff]) {
      immediate(i, row);
    } else {
      out.imm[i] = 0;
    }
    if (out.base[i] == Instructions.PC) {
      constant(i);
    } else if (out.kind[i] == Kind.NOP && out.disp[i] != 0 && out.isMemory(i)) {
      record(i);
    } else if (out.kind[i] == Kind.CALL_RM && isTrapStub(i)) {
      out.kind[i] = Kind.TRAP;
    }
  }

  /** Whether the operand is where the store context has the address of the trap stub. */
  private boolean isTrapStub(int i) {
    return out.base[i] == Machine.R15
        && out.index[i] == NO_REGISTER
        && out.disp[i] == StoreContext.TRAP_STUB;
  }

  private void modRm(int i, int row) {
    int modrm = code[pos++] & 0xff;
    int vectors = (row & Rows.REG_VECTOR) != 0 ? Instructions.VECTOR : 0;
    out.reg[i] = (byte) ((modrm >> 3 & 7 | (rex & REX_R) << 1) + vectors);
    boolean isRegister = modrm >= 0xc0;
    if ((row & (isRegister ? Rows.MEMORY_ONLY : Rows.REGISTER_ONLY)) != 0) {
      throw new Rejection(i, "not an encoding that the compiler makes");
    }
    if (rex == 0 && out.width[i] == 1) {
      requireLowBytes(i, row, modrm);
    }
    if (isRegister) {
      int register = modrm & 7 | (rex & REX_B) << 3;
      out.rm[i] = (byte) (register + ((row & Rows.RM_VECTOR) != 0 ? Instructions.VECTOR : 0));
    } else {
      memory(i, modrm);
    }
  }

  /** Without a REX prefix numbers from 4 on mean the second bytes of the first four registers. */
  private void requireLowBytes(int i, int row, int modrm) {
    boolean isByte = (row & Rows.BYTE) != 0;
    int kind = row & 0xff;
    boolean isHigh = isByte && out.reg[i] >= 4 && !isDigit(row);
    if (modrm >= 0xc0 && (isByte || kind == Kind.MOVE_ZERO || kind == Kind.MOVE_SIGN)) {
      isHigh |= (modrm & 7) >= 4;
    }
    if (isHigh) {
      throw new Rejection(i, "a high byte register");
    }
  }

  /** Whether the reg field is no register. */
  private static boolean isDigit(int row) {
    int kind = row & 0xff;
    return kind == Kind.ALU_IMM || kind == Kind.STORE_IMM || kind == Kind.SET_IF;
  }

  private void memory(int i, int modrm) {
    int mode = modrm >> 6;
    int low = modrm & 7;
    if (low == 4) {
      int sib = code[pos++];
      int index = sib >> 3 & 7 | (rex & REX_X) << 2;
      out.index[i] = (byte) (index == 4 ? NO_REGISTER : index);
      out.shift[i] = (byte) (sib >> 6 & 3);
      low = sib & 7;
    }
    int next = (int) INT.get(code, pos);
    if (mode == 0 && low == 5) {
      // Without a base; and if there is no index byte, relative to the pc.
      out.base[i] = (byte) ((modrm & 7) == 4 ? NO_REGISTER : Instructions.PC);
      out.disp[i] = next;
      pos += 4;
      return;
    }
    out.base[i] = (byte) (low | (rex & REX_B) << 3);
    int bits = mode == 2 ? 0 : 24;
    out.disp[i] = mode == 0 ? 0 : next << bits >> bits;
    pos += mode == 2 ? 4 : mode;
  }

  private void immediate(int i, int row) {
    int kind = row & 0xff;
    int next = (int) INT.get(code, pos);
    int bits = (row >> Rows.IMM_SHIFT & 3) == 1 ? 24 : 0;
    int bytes = bits == 0 ? 4 : 1;
    if (bytes == 4 && (out.size[i] == 2 || kind == Kind.RETURN)) {
      bits = 16;
      bytes = 2;
    }
    if ((row & IMMEDIATE) == 0) {
      bytes = kind == Kind.MOVE_IMM ? 4 : 0;
    }
    pos += bytes;
    long imm = bytes == 0 ? kind == Kind.SHIFT_IMM ? 1 : 0 : next << bits >> bits;
    switch (kind) {
      case Kind.MOVE_IMM -> {
        imm &= 0xffff_ffffL;
        if (out.size[i] == 8) {
          imm |= (long) (int) INT.get(code, pos) << 32;
          pos += 4;
        }
      }
      case Kind.STORE_IMM -> {
        if (!out.isMemory(i)) {
          out.kind[i] = Kind.MOVE_IMM;
          out.reg[i] = out.rm[i];
          if (out.size[i] != 8) {
            throw new Rejection(i, "not an encoding that the compiler makes");
          }
        }
      }
      case Kind.CALL -> imm += pos - start;
      case Kind.JUMP, Kind.JUMP_IF -> {
        imm += pos - start;
        if (kind == Kind.JUMP && (imm < 0 || imm >= limit - start)) {
          out.kind[i] = Kind.LEAVE;
        } else {
          furthest = Math.max(furthest, imm);
        }
      }
      case Kind.RETURN -> imm &= 0xffff;
      default -> {}
    }
    out.imm[i] = imm;
  }

  /** What leads to a record; there is code up to its landing pads. */
  private void record(int i) {
    if (pos > limit) {
      return;
    }
    int record = records.find(i, out.at[i], pos - start);
    if (record >= 0) {
      out.sub[i] = Kind.RECORD;
      out.imm[i] = record;
      constants = Math.min(constants, record);
      for (int k = 0; k < records.handlers(record); k++) {
        furthest = Math.max(furthest, records.pad(record, k));
      }
    }
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
