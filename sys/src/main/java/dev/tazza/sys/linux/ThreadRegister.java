package dev.tazza.sys.linux;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.MachineCode;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeMemory;

/**
 * What the C library keeps where the thread register points to. There is no interface for machine
 * code to learn the id of its thread without a system call; but the C libraries have kept it in the
 * same place for as long as there are 64-bit ones, and whether it is there can be tried.
 */
final class ThreadRegister {
  /** {@code struct pthread} begins with its own address. */
  private static final String READ =
      """
      64 48 8b 04 25 00 00 00 00 | mov rax, fs:[0]
      c3                         | ret
      """;

  /** The field {@code tid} in musl and in glibc; the nearer one first. */
  private static final int[] CANDIDATES = {0x30, 0x2d0};

  /** See {@link dev.tazza.sys.Os#threadIdOffset}. */
  static final int ID_OFFSET = find();

  private ThreadRegister() {}

  private static int find() {
    long base = NativeCall.invoke(CodePage.map(MachineCode.of(READ)), 0, 0, 0);
    long id = Syscall.call(SyscallNumber.GETTID, 0, 0, 0);
    for (int offset : CANDIDATES) {
      if (NativeMemory.getInt(base + offset) == id) {
        return offset;
      }
    }
    return -1;
  }
}
