package dev.tazza.vm.isa.x64;

import dev.tazza.sys.NativeMemory;

/** {@code F7 /7} and {@code F7 /6}, which divide rdx:rax by a register. */
final class Division {
  private static final int REX = 0x40;
  private static final int REX_W = 8;
  private static final int REX_B = 1;

  private Division() {}

  /** Whether the divisor is zero; if not, a fault is the overflow of the quotient. */
  static boolean dividesByZero(long pc, long registers) {
    long at = pc;
    int rex = NativeMemory.getByte(at) & 0xFF;
    if ((rex & 0xF0) == REX) {
      at++;
    } else {
      rex = 0;
    }
    int modrm = NativeMemory.getByte(at + 1) & 0xFF;
    int register = modrm & 7 | (rex & REX_B) << 3;
    long divisor = NativeMemory.getLong(registers + 8L * register);
    return (rex & REX_W) == 0 ? (int) divisor == 0 : divisor == 0;
  }
}
