package dev.tazza.assembler.x64;

/**
 * Padding that is executed: the multi-byte no-operations that the processor manuals recommend; but that of 8
 * bytes is never {@code nop [rax + rax + 0]}, which tells something where it stands behind a call.
 */
public final class Nops {
  private static final byte[][] BY_SIZE = {
    {},
    {(byte) 0x90},
    {0x66, (byte) 0x90},
    {0x0f, 0x1f, 0x00},
    {0x0f, 0x1f, 0x40, 0x00},
    {0x0f, 0x1f, 0x44, 0x00, 0x00},
    {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
    {0x0f, 0x1f, (byte) 0x80, 0x00, 0x00, 0x00, 0x00},
    {0x66, 0x0f, 0x1f, (byte) 0x80, 0x00, 0x00, 0x00, 0x00},
    {0x66, 0x0f, 0x1f, (byte) 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
  };

  private Nops() {}

  static void fill(byte[] code, int from, int to) {
    int at = from;
    while (at < to) {
      byte[] nop = BY_SIZE[Math.min(to - at, BY_SIZE.length - 1)];
      System.arraycopy(nop, 0, code, at, nop.length);
      at += nop.length;
    }
  }
}
