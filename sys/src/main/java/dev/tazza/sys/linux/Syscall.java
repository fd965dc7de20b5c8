package dev.tazza.sys.linux;

import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.ProcessShared;
import dev.tazza.sys.SysException;
import dev.tazza.sys.fs.Posix;

/**
 * Raw system calls of Linux.
 *
 * <p>A result of -4095 to -1 is the negated error number, as the kernel returns it.
 */
public final class Syscall {
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int PROT_EXEC = 4;
  static final int MAP_SHARED = 0x01;
  static final int MAP_PRIVATE = 0x02;
  static final int MAP_FIXED = 0x10;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MAP_NORESERVE = 0x4000;
  static final int MAP_POPULATE = 0x8000;

  /** Numbers below this can be called. */
  private static final int LIMIT = 512;

  /** Each system call has a stub of its own, so that all six arguments go in registers. */
  private static final int STUB_SIZE = 16;

  private static final long STUBS = mapStubs();

  private Syscall() {}

  /** Performs system call {@code number}. */
  public static long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
    return NativeCall.invoke(stub(number), a0, a1, a2, a3, a4, a5);
  }

  /** Performs system call {@code number}. */
  public static long call(int number, long a0, long a1, long a2) {
    return NativeCall.invoke(stub(number), a0, a1, a2, 0, 0, 0);
  }

  private static long stub(int number) {
    return STUBS + (long) number * STUB_SIZE;
  }

  /** Performs a call that must succeed; the failure names {@code what}. */
  static long require(String what, long result) {
    if (isError(result)) {
      throw new SysException(what, (int) -result, LinuxErrno.describe((int) -result));
    }
    return result;
  }

  /** Whether a result is a negated error number. */
  public static boolean isError(long result) {
    return result < 0 && result >= -4095;
  }

  /** Where every signal handler returns to: the interrupted context is restored. */
  static long signalReturn() {
    return stub(SyscallNumber.RT_SIGRETURN);
  }

  private static long mapStubs() {
    byte[] code = stubCode();
    String name = ProcessShared.name("syscalls", code);
    synchronized (ProcessShared.lock()) {
      long known = ProcessShared.find(name);
      if (known == 0) {
        known = mapStubs(code);
        ProcessShared.set(name, known);
      }
      return known;
    }
  }

  private static long mapStubs(byte[] code) {
    int size = code.length;
    long stubs =
        NativeCall.invoke(
            NativeCall.symbol("mmap"),
            0,
            size,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS,
            -1,
            0);
    if (stubs == -1) {
      throw new SysException("mmap of the system call stubs", Posix.ENOMEM, "refused");
    }
    NativeMemory.copy(code, 0, stubs, size);
    long mprotect = NativeCall.symbol("mprotect");
    if ((int) NativeCall.invoke(mprotect, stubs, size, PROT_READ | PROT_EXEC) != 0) {
      throw new SysException(
          "mprotect of the system call stubs",
          Posix.EACCES,
          "this system forbids making memory executable");
    }
    return stubs;
  }

  private static byte[] stubCode() {
    LinuxMachine machine = LinuxMachine.host();
    byte[] code = machine.callStubs(LIMIT, STUB_SIZE);
    byte[] signalReturn = machine.signalReturn();
    System.arraycopy(
        signalReturn, 0, code, SyscallNumber.RT_SIGRETURN * STUB_SIZE, signalReturn.length);
    return code;
  }
}
