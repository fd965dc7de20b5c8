package dev.tazza.sys.linux;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeMemory;

/**
 * What the C library keeps where the thread register points to. There is no interface for machine
 * code to learn the id of its thread without a system call; but the C libraries have kept it in the
 * same place for as long as there are 64-bit ones, and whether it is there can be tried.
 */
final class ThreadRegister {
  /** See {@link dev.tazza.sys.Os#threadIdOffset}. */
  static final int ID_OFFSET = find();

  private ThreadRegister() {}

  private static int find() {
    LinuxMachine machine = LinuxMachine.host();
    long base = NativeCall.invoke(CodePage.map(machine.readThreadRegister()), 0, 0, 0);
    long id = Syscall.call(SyscallNumber.GETTID, 0, 0, 0);
    for (int offset : machine.threadIdOffsets()) {
      if (NativeMemory.getInt(base + offset) == id) {
        return offset;
      }
    }
    return -1;
  }
}
