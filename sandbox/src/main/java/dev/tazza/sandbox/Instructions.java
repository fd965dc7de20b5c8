package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * The instructions of one function in columns, in the order of their addresses. Reused from
 * function to function. Offsets are from the function's start.
 *
 * <p>Registers are 0–15 by hardware encoding; vector registers are {@link #VECTOR} and up.
 */
final class Instructions {
  static final int NO_REGISTER = -1;

  /** As a base: relative to the pc; {@link #disp} then is the offset that is meant. */
  static final int PC = -2;

  static final int VECTOR = 16;

  /** Number of instructions. */
  int count;

  int[] at = new int[256];
  byte[] kind = new byte[256];

  /** Operation or condition. */
  byte[] sub = new byte[256];

  /** Operand size in bytes. */
  byte[] size = new byte[256];

  /** Bytes that a memory operand has. */
  byte[] width = new byte[256];

  byte[] reg = new byte[256];

  /** A register, or {@link #NO_REGISTER}: then it is memory. */
  byte[] rm = new byte[256];

  byte[] base = new byte[256];
  byte[] index = new byte[256];
  byte[] shift = new byte[256];

  /** The operand that VEX adds. */
  byte[] third = new byte[256];

  int[] disp = new int[256];

  /** Immediate; of jumps and calls the offset of the target. */
  long[] imm = new long[256];

  /** By offset, the number of the instruction that starts there plus one. */
  private int[] numbers = new int[2048];

  private int bytes;

  /** Empty, for a function of so many bytes. */
  void start(int codeBytes) {
    count = 0;
    bytes = codeBytes;
    if (numbers.length < codeBytes) {
      numbers = new int[Math.max(codeBytes, numbers.length * 2)];
    } else {
      Arrays.fill(numbers, 0, codeBytes, 0);
    }
  }

  /** Room for one more at {@code offset}; gives its number. */
  int add(int offset) {
    if (count == at.length) {
      grow(count * 2);
    }
    at[count] = offset;
    numbers[offset] = count + 1;
    return count++;
  }

  /** Makes it one of which nothing is known. */
  void clear(int i) {
    kind[i] = Kind.NONE;
    rm[i] = NO_REGISTER;
    base[i] = NO_REGISTER;
    index[i] = NO_REGISTER;
  }

  private void grow(int room) {
    at = Arrays.copyOf(at, room);
    kind = Arrays.copyOf(kind, room);
    sub = Arrays.copyOf(sub, room);
    size = Arrays.copyOf(size, room);
    width = Arrays.copyOf(width, room);
    reg = Arrays.copyOf(reg, room);
    rm = Arrays.copyOf(rm, room);
    base = Arrays.copyOf(base, room);
    index = Arrays.copyOf(index, room);
    shift = Arrays.copyOf(shift, room);
    third = Arrays.copyOf(third, room);
    disp = Arrays.copyOf(disp, room);
    imm = Arrays.copyOf(imm, room);
  }

  /** The number of the instruction that starts at {@code offset}, or -1. */
  int numberAt(long offset) {
    return offset < 0 || offset >= bytes ? -1 : numbers[(int) offset] - 1;
  }

  boolean isMemory(int i) {
    return rm[i] == NO_REGISTER;
  }
}
