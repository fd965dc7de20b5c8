package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * The instructions of one function in columns, in the order of their addresses. Reused from
 * function to function. Offsets are from the function's start.
 *
 * <p>All that is small is packed into a word:
 *
 * <pre>
 *   bits 0–7    {@link Kind}
 *   bits 8–15   operation or condition
 *   bits 16–19  operand size in bytes
 *   bits 20–24  bytes that a memory operand has
 *   bits 25–28  the operand that VEX adds
 *   bits 29–30  shift of the index
 *   from 32      registers, six bits each, signed: reg, rm, base, index
 * </pre>
 *
 * <p>Registers are 0–15 by hardware encoding; vector registers are {@link #VECTOR} and up.
 */
final class Instructions {
  static final int NO_REGISTER = -1;

  /** As a base: relative to the pc; {@link #disp} then is the offset that is meant. */
  static final int PC = -2;

  static final int VECTOR = 16;

  static final int SUB_SHIFT = 8;
  static final int SIZE_SHIFT = 16;
  static final int WIDTH_SHIFT = 20;
  static final int THIRD_SHIFT = 25;
  static final int INDEX_SHIFT_SHIFT = 29;
  static final int REG_SHIFT = 32;
  static final int RM_SHIFT = 38;
  static final int BASE_SHIFT = 44;
  static final int INDEX_SHIFT = 50;
  private static final int REGISTER_BITS = 6;
  private static final int WORD_BITS = 6;

  /** {@link #NO_REGISTER} before it is shifted to its place. */
  static final long NONE = (1L << REGISTER_BITS) - 1;

  /** No operand in a register or memory. */
  static final long NO_OPERAND = NONE << RM_SHIFT | NONE << BASE_SHIFT | NONE << INDEX_SHIFT;

  /** Number of instructions. */
  int count;

  int[] at = new int[256];
  long[] word = new long[256];
  int[] disp = new int[256];

  /** Immediate; of jumps and calls the offset of the target. */
  long[] imm = new long[256];

  /**
   * Jumps within the function, also those by tables, in the order of their addresses. There is room
   * for as many as there are instructions.
   */
  int[] jumps = new int[256];

  int jumpCount;

  /** Whether something copies or fills memory, by a call through the store's context. */
  boolean movesMemory;

  /** A bit for each offset: whether an instruction starts there; by words of 64 offsets. */
  private long[] starts = new long[32];

  /** By word: how many instructions start before its first offset. */
  private int[] before = new int[32];

  /** How many words there are. */
  private int words;

  /** Empty, for a function of so many bytes. */
  void start(int codeBytes) {
    count = 0;
    jumpCount = 0;
    movesMemory = false;
    words = (codeBytes >> WORD_BITS) + 1;
    if (starts.length < words) {
      starts = new long[2 * words];
      before = new int[2 * words];
    } else {
      Arrays.fill(starts, 0, words, 0);
    }
  }

  /** Room for one more at {@code offset}, which is above those before; gives its number. */
  int add(int offset) {
    ensureRoom();
    noteStart(offset);
    at[count] = offset;
    return count++;
  }

  /** Makes room for one more, and for it as a jump. */
  void ensureRoom() {
    if (count == at.length) {
      grow(count * 2);
    }
  }

  /** An instruction starts at {@code offset}. */
  void noteStart(int offset) {
    starts[offset >> WORD_BITS] |= 1L << offset;
  }

  /** All have been added. */
  void finish() {
    int number = 0;
    for (int i = 0; i < words; i++) {
      before[i] = number;
      number += Long.bitCount(starts[i]);
    }
  }

  void addJump(int i) {
    jumps[jumpCount++] = i;
  }

  /** Makes it one of which nothing is known. */
  void clear(int i) {
    word[i] = Kind.NONE | NO_OPERAND;
  }

  private void grow(int room) {
    at = Arrays.copyOf(at, room);
    word = Arrays.copyOf(word, room);
    disp = Arrays.copyOf(disp, room);
    imm = Arrays.copyOf(imm, room);
    jumps = Arrays.copyOf(jumps, room);
  }

  /** The number of the instruction that starts at {@code offset}, or -1. */
  int numberAt(long offset) {
    long word = offset >> WORD_BITS;
    if (offset < 0 || word >= words || (starts[(int) word] >>> offset & 1) == 0) {
      return -1;
    }
    long below = starts[(int) word] & (1L << offset) - 1;
    return before[(int) word] + Long.bitCount(below);
  }

  /** Makes it another kind of instruction. */
  void setKind(int i, int kind) {
    word[i] = word[i] & ~0xffL | kind;
  }

  int kind(int i) {
    return kind(word[i]);
  }

  static int kind(long word) {
    return (int) word & 0xff;
  }

  /** Operation or condition. */
  int sub(int i) {
    return sub(word[i]);
  }

  static int sub(long word) {
    return (int) word >> SUB_SHIFT & 0xff;
  }

  /** Operand size in bytes. */
  int size(int i) {
    return size(word[i]);
  }

  static int size(long word) {
    return (int) word >> SIZE_SHIFT & 0xf;
  }

  /** Bytes that a memory operand has. */
  int width(int i) {
    return width(word[i]);
  }

  static int width(long word) {
    return (int) word >> WIDTH_SHIFT & 0x1f;
  }

  /** The operand that VEX adds. */
  int third(int i) {
    return (int) word[i] >> THIRD_SHIFT & 0xf;
  }

  /** Of the index, in bits. */
  int shift(int i) {
    return shift(word[i]);
  }

  static int shift(long word) {
    return (int) word >> INDEX_SHIFT_SHIFT & 3;
  }

  int reg(int i) {
    return reg(word[i]);
  }

  static int reg(long word) {
    return register(word, REG_SHIFT);
  }

  /** A register, or {@link #NO_REGISTER}: then it is memory. */
  int rm(int i) {
    return rm(word[i]);
  }

  static int rm(long word) {
    return register(word, RM_SHIFT);
  }

  int base(int i) {
    return base(word[i]);
  }

  static int base(long word) {
    return register(word, BASE_SHIFT);
  }

  int index(int i) {
    return index(word[i]);
  }

  static int index(long word) {
    return register(word, INDEX_SHIFT);
  }

  boolean isMemory(int i) {
    return isMemory(word[i]);
  }

  static boolean isMemory(long word) {
    return rm(word) == NO_REGISTER;
  }

  private static int register(long word, int shift) {
    return (int) (word << 64 - REGISTER_BITS - shift >> 64 - REGISTER_BITS);
  }
}
