package dev.tazza.sandbox;

import static dev.tazza.sandbox.Instructions.NO_REGISTER;

import dev.tazza.environ.StoreContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

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

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** More than any instruction has. */
  private static final int MOST_BYTES = 32;

  private static final int IMMEDIATE = 3 << Rows.IMM_SHIFT;

  /** By first byte: {@link Rows#NP} or which prefix it is. */
  private static final byte[] PREFIXES = new byte[256];

  /** By kind: whether there is more to it than registers, memory and an immediate of the row. */
  private static final boolean[] IS_SPECIAL = new boolean[64];

  /** By kind: 1 if control does not go on behind it, else 0. */
  private static final int[] ENDS = new int[64];

  /** By kind: 1 if it does nothing, else 0. */
  private static final int[] IS_NOP = new int[64];

  static {
    PREFIXES[0x66] = Rows.P66;
    PREFIXES[0xf3] = Rows.PF3;
    PREFIXES[0xf2] = Rows.PF2;
    int[] special = {
      Kind.MOVE_IMM,
      Kind.STORE_IMM,
      Kind.SHIFT_IMM,
      Kind.CALL,
      Kind.CALL_RM,
      Kind.JUMP,
      Kind.JUMP_IF,
      Kind.JUMP_RM,
      Kind.RETURN,
      Kind.NOP,
      Kind.EXCHANGE,
      Kind.COMPARE_EXCHANGE,
    };
    for (int kind : special) {
      IS_SPECIAL[kind] = true;
    }
    for (int kind : new int[] {Kind.JUMP, Kind.LEAVE, Kind.RETURN, Kind.TRAP}) {
      ENDS[kind] = 1;
    }
    IS_NOP[Kind.NOP] = 1;
  }

  private static final String WRONG_ENCODING = "not an encoding that the compiler makes";
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
  private int opcode;
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
    int hasEnded = 0;
    while (true) {
      int before = out.count;
      boolean isPlain = plain(Integer.MAX_VALUE);
      int i = out.count - 1;
      if (i >= before) {
        hasEnded = ENDS[out.kind(i)];
      }
      if (!isPlain) {
        i = out.add(pos - start);
        other(i);
        requireWhole(i);
        hasEnded = ends(i) | hasEnded & IS_NOP[out.kind(i)];
      }
      if (furthest < pos - start && isDone(i, hasEnded != 0)) {
        out.finish();
        return;
      }
      if (pos >= limit) {
        throw new Rejection(i, "control falls off the end of the function");
      }
    }
  }

  /** 1 if control does not go on behind the instruction, else 0. */
  private int ends(int i) {
    int kind = out.kind(i);
    return kind == Kind.JUMP_RM && !isCall(i) ? 1 : ENDS[kind];
  }

  /** Whether the instruction, behind which no jump leads, is the last one. */
  private boolean isDone(int i, boolean hasEnded) {
    boolean isConstant = pos - start >= constants;
    if (hasEnded && (isConstant || constants == Long.MAX_VALUE)) {
      return true;
    }
    if (isConstant) {
      throw new Rejection(i, "control falls into constants");
    }
    return false;
  }

  /** Where the next instruction begins, from the function's start. */
  int end() {
    return pos - start;
  }

  /** Whether the jump is a call: its return address has just been pushed. */
  private boolean isCall(int jump) {
    return jump != 0 && out.kind(jump - 1) == Kind.PUSH;
  }

  /** Takes the code; with something around it, so that no byte need be asked for whether it is. */
  void take(byte[] text, int offset, int bytes) {
    code = text;
    start = offset;
    if (offset < MOST_BYTES || text.length - offset - bytes < MOST_BYTES) {
      code = new byte[bytes + 2 * MOST_BYTES];
      start = MOST_BYTES;
      int from = Math.min(offset, MOST_BYTES);
      int length = Math.min(text.length - offset + from, bytes + MOST_BYTES + from);
      System.arraycopy(text, offset - from, code, start - from, length);
    }
    limit = start + bytes;
    pos = start;
  }

  /** Decodes the next instruction and gives its number. */
  int one() {
    int i = out.count;
    plain(1);
    if (out.count == i) {
      other(out.add(pos - start));
      requireWhole(i);
    }
    return i;
  }

  /**
   * Decodes instructions of {@link PlainRows}, one after the other, until there is something else,
   * or the function may have come to its end.
   *
   * @param most so many at most
   * @return false if the next instruction is something else
   */
  private boolean plain(int most) {
    byte[] bytes = code;
    int origin = start;
    int from = pos;
    int size = limit - origin;
    int i = out.count;
    int jumpCount = out.jumpCount;
    out.ensureRoom();
    // What there is no room for is done by the next call.
    int end = (int) Math.min(out.at.length, (long) i + most);
    int[] at = out.at;
    long[] word = out.word;
    int[] disp = out.disp;
    long[] imm = out.imm;
    int[] jumps = out.jumps;
    long furthestTarget = furthest;
    int stop = origin + nextStop(furthestTarget);
    boolean isPlain = true;
    while (i < end) {
      long all = (long) LONG.get(bytes, from);
      // 1 if there is a REX prefix, or an escape byte, behind it or not.
      int first = (int) all & 0xff;
      int hasRex = (first ^ 0x40) - 16 >>> 31;
      int second = (int) (all >>> (hasRex << 3));
      int escapes = (second & 0xff ^ 0x0f) - 1 >>> 31;
      int before = hasRex + escapes;
      int opcode = (int) (all >>> (before << 3));
      int prefix = first & -hasRex;
      long both = PlainRows.row(escapes, prefix, opcode);
      int row = PlainRows.high(both);
      int next;
      long fields;
      boolean hasEnded = false;
      if (PlainRows.hasModRm(row)) {
        int form = PlainRows.form(opcode);
        if (PlainRows.conflicts(row, form, hasRex)) {
          isPlain = false;
          break;
        }
        int operands = from + before + 1 + PlainRows.operandBytes(form);
        next = operands + PlainRows.immediateBytes(row);
        fields = PlainRows.word(both, form, opcode, prefix);
        if (PlainRows.hasSib(form)) {
          if (PlainRows.lacksBase(form, opcode)) {
            isPlain = false;
            break;
          }
          fields += PlainRows.scaled(opcode, prefix);
        }
        disp[i] = PlainRows.displacement(form, (int) INT.get(bytes, operands - 4));
        imm[i] = PlainRows.immediate(row, (int) INT.get(bytes, next - 4));
        if (Instructions.base(fields) == Machine.R15) {
          noteStoreField(fields, disp[i]);
        }
      } else {
        next = from + before + 1 + PlainRows.immediateBytes(row);
        long immediate = PlainRows.immediate(row, (int) INT.get(bytes, next - 4), next - origin);
        fields = PlainRows.word(both, opcode, prefix);
        disp[i] = 0;
        imm[i] = immediate;
        int kind = Instructions.kind(fields);
        hasEnded = kind == Kind.JUMP || kind == Kind.TRAP;
        if (kind == Kind.JUMP && (immediate < 0 || immediate >= size)) {
          fields += Kind.LEAVE - Kind.JUMP;
        } else if (kind == Kind.JUMP || kind == Kind.JUMP_IF) {
          jumps[jumpCount++] = i;
          furthestTarget = Math.max(furthestTarget, immediate);
          stop = origin + nextStop(furthestTarget);
        }
      }
      at[i] = from - origin;
      word[i] = fields;
      out.noteStart(from - origin);
      i++;
      from = next;
      if (from >= stop || hasEnded && from - origin > furthestTarget) {
        break;
      }
    }
    pos = from;
    out.count = i;
    out.jumpCount = jumpCount;
    furthest = furthestTarget;
    if (from > limit) {
      throw cutOff(i - 1);
    }
    return isPlain;
  }

  /**
   * Up to where, from the function's start, there is nothing to be looked at behind an instruction
   * from which control goes on to the next one.
   *
   * @param furthest the furthest target of a jump
   */
  private int nextStop(long furthest) {
    return (int) Math.min(limit - start, Math.max(constants, furthest + 1));
  }

  /** Decodes the next instruction, {@code i}, whatever it is. */
  void other(int i) {
    int row = row(i);
    if ((row & 0xff) == Kind.NONE) {
      throw reject(i, "not an instruction that the compiler makes");
    }
    fill(i, row);
  }

  /** The row of the opcode at the position, which is behind it then. */
  private int row(int i) {
    int at = pos;
    byte[] bytes = code;
    opcode = bytes[at++] & 0xff;
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
      return Kind.NONE;
    }
    if (vex ? (row & (Rows.VEX_TOO | Rows.VEX_ONLY)) == 0 : (row & Rows.VEX_ONLY) != 0) {
      throw reject(i, WRONG_ENCODING);
    }
    return row;
  }

  private void requireWhole(int i) {
    if (pos > limit) {
      throw cutOff(i);
    }
  }

  private Rejection cutOff(int i) {
    return reject(i, "an instruction is cut off by the function's end");
  }

  private Rejection reject(int i, String reason) {
    out.clear(i);
    return new Rejection(i, reason);
  }

  private boolean mustLock(int i) {
    int kind = out.kind(i);
    boolean exchanges = kind == Kind.EXCHANGE || kind == Kind.COMPARE_EXCHANGE;
    return exchanges && out.sub(i) == Kind.LOCKED;
  }

  /** Whether it is arithmetic that is written to memory. */
  private boolean mayLock(int i) {
    int kind = out.kind(i);
    boolean toMemory = (kind == Kind.ALU_RM || kind == Kind.ALU_IMM) && out.isMemory(i);
    return toMemory && out.sub(i) != Kind.CMP && out.sub(i) != Kind.TEST;
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
      throw reject(i, WRONG_ENCODING);
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
      throw reject(i, WRONG_ENCODING);
    }
    return map;
  }

  private void fill(int i, int row) {
    // Of vector instructions the prefix is a part of the opcode.
    boolean isWord = prefix == Rows.P66 && !vex && (row & (Rows.REG_VECTOR | Rows.RM_VECTOR)) == 0;
    int size = (rex & REX_W) != 0 ? 8 : isWord ? 2 : 4;
    size = (row & Rows.BYTE) != 0 ? 1 : size;
    int width = row >> Rows.WIDTH_SHIFT & 7;
    width = width == 0 ? size : 1 << width - 1;
    long word =
        row & 0xffff
            | size << Instructions.SIZE_SHIFT
            | width << Instructions.WIDTH_SHIFT
            | vvvv << Instructions.THIRD_SHIFT;
    if ((row & Rows.MODRM) != 0) {
      word |= modRm(i, row, width);
      if (vex && (row & 0xff) == Kind.VECTOR_SHIFT) {
        // Of the forms with three operands this one is written.
        word &= ~(Instructions.NONE << Instructions.RM_SHIFT);
        word |= (long) (vvvv + Instructions.VECTOR) << Instructions.RM_SHIFT;
      }
    } else {
      long reg = opcode & 7 | (rex & REX_B) << 3;
      word |= reg << Instructions.REG_SHIFT | Instructions.NO_OPERAND;
      out.disp[i] = 0;
    }
    out.word[i] = word;
    int kind = row & 0xff;
    if (IS_SPECIAL[kind]) {
      special(i, row);
    } else {
      out.imm[i] = (row & IMMEDIATE) == 0 ? 0 : immediate(row, size);
    }
    if (lock && !mustLock(i) && !mayLock(i)) {
      throw reject(i, WRONG_ENCODING);
    }
    if (out.base(i) == Instructions.PC) {
      constant(i);
    }
    noteStoreField(out.word[i], out.disp[i]);
  }

  private void noteStoreField(long word, int displacement) {
    out.movesMemory |=
        isStoreField(word, displacement, StoreContext.MEMORY_COPY)
            || isStoreField(word, displacement, StoreContext.MEMORY_FILL);
  }

  /** Whether the operand is a field of the store's context. */
  private static boolean isStoreField(long word, int displacement, int field) {
    return Instructions.base(word) == Machine.R15
        && Instructions.index(word) == NO_REGISTER
        && displacement == field;
  }

  /** The operands of a ModRM byte and what follows, as fields of {@link Instructions#word}. */
  private long modRm(int i, int row, int width) {
    int modrm = code[pos++] & 0xff;
    if (rex == 0 && width == 1) {
      requireLowBytes(i, row, modrm);
    }
    int vectors = (row & Rows.REG_VECTOR) != 0 ? Instructions.VECTOR : 0;
    int reg = (modrm >> 3 & 7 | (rex & REX_R) << 1) + vectors;
    boolean isRegister = modrm >= 0xc0;
    if ((row & (isRegister ? Rows.MEMORY_ONLY : Rows.REGISTER_ONLY)) != 0) {
      throw reject(i, WRONG_ENCODING);
    }
    if (!isRegister) {
      return (long) reg << Instructions.REG_SHIFT | memory(i, modrm);
    }
    out.disp[i] = 0;
    vectors = (row & Rows.RM_VECTOR) != 0 ? Instructions.VECTOR : 0;
    int rm = (modrm & 7 | (rex & REX_B) << 3) + vectors;
    return (long) reg << Instructions.REG_SHIFT
        | (long) rm << Instructions.RM_SHIFT
        | Instructions.NONE << Instructions.BASE_SHIFT
        | Instructions.NONE << Instructions.INDEX_SHIFT;
  }

  /** Without a REX prefix numbers from 4 on mean the second bytes of the first four registers. */
  private void requireLowBytes(int i, int row, int modrm) {
    boolean isByte = (row & Rows.BYTE) != 0;
    int kind = row & 0xff;
    boolean isHigh = isByte && (modrm >> 3 & 7) >= 4 && !isDigit(row);
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

  private long memory(int i, int modrm) {
    int mode = modrm >> 6;
    int low = modrm & 7;
    long index = Instructions.NONE;
    long shift = 0;
    if (low == 4) {
      int sib = code[pos++];
      index = sib >> 3 & 7 | (rex & REX_X) << 2;
      index = index == 4 ? Instructions.NONE : index;
      shift = sib >> 6 & 3;
      low = sib & 7;
    }
    int next = (int) INT.get(code, pos);
    long base = low | (rex & REX_B) << 3;
    if (mode == 0 && low == 5) {
      // Without a base; and if there is no index byte, relative to the pc.
      base = (modrm & 7) == 4 ? Instructions.NONE : Instructions.PC & Instructions.NONE;
      mode = 2;
    }
    // One byte, four, or none.
    int bits = mode == 2 ? 0 : 24;
    out.disp[i] = mode == 0 ? 0 : next << bits >> bits;
    pos += mode == 2 ? 4 : mode;
    return Instructions.NONE << Instructions.RM_SHIFT
        | base << Instructions.BASE_SHIFT
        | index << Instructions.INDEX_SHIFT
        | shift << Instructions.INDEX_SHIFT_SHIFT;
  }

  /** The immediate that the row says the instruction has. */
  private int immediate(int row, int size) {
    int next = (int) INT.get(code, pos);
    if ((row >> Rows.IMM_SHIFT & 3) == 1) {
      pos++;
      return (byte) next;
    }
    if (size == 2) {
      pos += 2;
      return (short) next;
    }
    pos += 4;
    return next;
  }

  private void special(int i, int row) {
    int size = out.size(i);
    boolean hasImmediate = (row & IMMEDIATE) != 0;
    long imm = 0;
    switch (row & 0xff) {
      case Kind.MOVE_IMM -> {
        imm = (int) INT.get(code, pos) & 0xffff_ffffL;
        pos += 4;
        if (size == 8) {
          imm |= (long) (int) INT.get(code, pos) << 32;
          pos += 4;
        }
      }
      case Kind.STORE_IMM -> {
        imm = immediate(row, size);
        if (!out.isMemory(i)) {
          if (size != 8) {
            throw reject(i, WRONG_ENCODING);
          }
          long register = out.rm(i);
          out.word[i] &= ~(Instructions.NONE << Instructions.REG_SHIFT);
          out.word[i] |= register << Instructions.REG_SHIFT;
          out.setKind(i, Kind.MOVE_IMM);
        }
      }
      case Kind.SHIFT_IMM -> imm = hasImmediate ? immediate(row, size) : 1;
      case Kind.CALL -> {
        imm = immediate(row, size);
        imm += pos - start;
      }
      case Kind.JUMP, Kind.JUMP_IF -> {
        imm = immediate(row, size);
        imm += pos - start;
        jump(i, imm);
      }
      case Kind.JUMP_RM -> out.addJump(i);
      case Kind.RETURN -> {
        if (hasImmediate) {
          imm = (int) INT.get(code, pos) & 0xffff;
          pos += 2;
        }
      }
      case Kind.CALL_RM -> {
        if (isStoreField(out.word[i], out.disp[i], StoreContext.TRAP_STUB)) {
          out.setKind(i, Kind.TRAP);
        }
      }
      case Kind.NOP -> {
        if (out.disp[i] != 0 && out.isMemory(i) && out.base(i) != Instructions.PC) {
          imm = record(i);
        }
      }
      case Kind.EXCHANGE, Kind.COMPARE_EXCHANGE -> {
        if (mustLock(i) && !lock) {
          throw reject(i, WRONG_ENCODING);
        }
      }
      default -> throw new AssertionError(row);
    }
    out.imm[i] = imm;
  }

  private void jump(int i, long target) {
    if (out.kind(i) == Kind.JUMP && (target < 0 || target >= limit - start)) {
      out.setKind(i, Kind.LEAVE);
    } else {
      furthest = Math.max(furthest, target);
      out.addJump(i);
    }
  }

  /** What may lead to a record; there is code up to its landing pads. Gives the immediate. */
  private long record(int i) {
    int record = pos > limit ? -1 : records.find(i, out.at[i], pos - start);
    if (record < 0) {
      return 0;
    }
    out.word[i] |= (long) Kind.RECORD << Instructions.SUB_SHIFT;
    constants = Math.min(constants, record);
    for (int k = 0; k < records.handlers(record); k++) {
      furthest = Math.max(furthest, records.pad(record, k));
    }
    return record;
  }

  private void constant(int i) {
    long target = (long) out.disp[i] + (pos - start);
    if (target < 0 || target >= limit - start) {
      throw new Rejection(i, "a constant outside of the function");
    }
    out.disp[i] = (int) target;
    boolean isReturn = out.kind(i) == Kind.LEA && isPushedNext(out.reg(i));
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
