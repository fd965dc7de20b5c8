package dev.tazza.vm.isa.x64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Just enough to write the stubs down: bytes, aligned entry points, literals, forward jumps. */
final class StubAssembler {
  private static final int ENTRY_ALIGNMENT = 32;
  private static final int BREAKPOINT = 0xcc;

  private final ByteBuffer code = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

  byte[] bytes() {
    byte[] bytes = new byte[code.position()];
    code.get(0, bytes);
    return bytes;
  }

  /** Offset of the next byte. */
  int here() {
    return code.position();
  }

  /** Starts an entry point on a cache line half of its own; returns its offset. */
  int entry() {
    while (here() % ENTRY_ALIGNMENT != 0) {
      op(BREAKPOINT);
    }
    return here();
  }

  void op(int... bytes) {
    for (int value : bytes) {
      code.put((byte) value);
    }
  }

  /** A 32-bit displacement or immediate, the end of an instruction. */
  void int32(int value) {
    code.putInt(value);
  }

  void int64(long value) {
    code.putLong(value);
  }

  /** An instruction that ends in the rip-relative address of something already assembled. */
  void relative(int target, int... opcode) {
    op(opcode);
    int32(target - (here() + 4));
  }

  /** A conditional forward jump, to be completed by {@link #land}; {@code condition} as encoded. */
  int jump(int condition) {
    op(0x0f, 0x80 | condition);
    int32(0);
    return here();
  }

  /** A conditional jump back to {@code target}. */
  void jumpBack(int condition, int target) {
    relative(target, 0x0f, 0x80 | condition);
  }

  void land(int afterJump) {
    code.putInt(afterJump - 4, here() - afterJump);
  }

  /** {@code value} as a one-byte displacement. */
  static int disp8(int value) {
    if (value != (byte) value) {
      throw new AssertionError("displacement " + value + " does not fit a byte");
    }
    return value;
  }
}
