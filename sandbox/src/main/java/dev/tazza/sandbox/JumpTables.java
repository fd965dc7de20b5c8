package dev.tazza.sandbox;

/**
 * The jump tables of a function. Which one a jump goes through, and how many entries that has, is a
 * guess from the instructions before the jump: the proofs find out for themselves.
 */
final class JumpTables {
  /** So far before the jump its table is taken, and the number of the entry compared. */
  private static final int NEAR = 8;

  private final Instructions code;
  private byte[] text = {};
  private int start;
  private int size;

  JumpTables(Instructions code) {
    this.code = code;
  }

  /** Those of the function at {@code offset} of {@code bytes}. */
  void start(byte[] bytes, int offset, int byteCount) {
    text = bytes;
    start = offset;
    size = byteCount;
  }

  /** The offset of the table that the jump probably goes through, or -1. */
  int of(int jump) {
    for (int i = jump - 1; i >= 0 && i > jump - NEAR; i--) {
      if (code.kind(i) == Kind.LEA && code.base(i) == Instructions.PC) {
        return code.disp[i];
      }
    }
    return -1;
  }

  /**
   * How many entries the table of a jump probably has: as many as their number is compared with, or
   * a mask leaves of it; 0 if it goes through none.
   */
  int size(int jump) {
    int table = code.isMemory(jump) ? -1 : of(jump);
    long count = 0;
    for (int i = jump - 1; table >= 0 && i >= 0 && i > jump - NEAR; i--) {
      if (code.kind(i) == Kind.ALU_IMM && code.sub(i) == Kind.AND) {
        count = Math.max(count, code.imm[i] + 1);
      } else if (code.kind(i) == Kind.ALU_IMM && code.sub(i) == Kind.CMP) {
        long most = ((long) size - table) / 4;
        return (int) Math.max(0, Math.min(Math.max(count, code.imm[i]), most));
      }
    }
    return 0;
  }

  /** What entry {@code index} of the table at {@code table} leads to. */
  long target(int table, int index) {
    int at = start + table + 4 * index;
    int distance =
        text[at] & 0xff
            | (text[at + 1] & 0xff) << 8
            | (text[at + 2] & 0xff) << 16
            | text[at + 3] << 24;
    return (long) table + distance;
  }
}
