package dev.tazza.assembler.x64;

import dev.tazza.assembler.Branches;

/** Jumps with displacements of 8 and 32 bits; besides JUMP, the kinds are {@link Cond#code}s. */
public final class X64Branches implements Branches {
  public static final X64Branches INSTANCE = new X64Branches();

  private static final int LONG_JUMP = 5;
  private static final int LONG_JCC = 6;
  private static final int SHORT = 2;

  private X64Branches() {}

  @Override
  public int longSize(int kind) {
    return kind == JUMP ? LONG_JUMP : LONG_JCC;
  }

  @Override
  public int shortSize(int kind) {
    return SHORT;
  }

  @Override
  public boolean isNear(int distance) {
    // A backward distance from the short form's end is a few bytes less.
    return distance == (byte) distance;
  }

  @Override
  public void write(byte[] code, int at, int end, int kind, int distance) {
    if (end - at == SHORT) {
      code[at] = (byte) (kind == JUMP ? 0xeb : 0x70 | kind);
      code[at + 1] = (byte) distance;
    } else if (kind == JUMP) {
      code[at] = (byte) 0xe9;
      write32(code, at + 1, distance);
    } else {
      code[at] = 0x0f;
      code[at + 1] = (byte) (0x80 | kind);
      write32(code, at + 2, distance);
    }
  }

  private static void write32(byte[] code, int at, int value) {
    code[at] = (byte) value;
    code[at + 1] = (byte) (value >> 8);
    code[at + 2] = (byte) (value >> 16);
    code[at + 3] = (byte) (value >> 24);
  }

  @Override
  public void pad(byte[] code, int from, int to) {
    Nops.fill(code, from, to);
  }
}
