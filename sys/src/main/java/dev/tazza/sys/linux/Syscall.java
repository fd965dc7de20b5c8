package dev.tazza.sys.linux;

import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.SysException;

/**
 * Raw system calls of Linux on x86-64.
 *
 * <p>A result of -4095 to -1 is the negated error number, as the kernel returns it.
 */
public final class Syscall {
  public static final int OPEN = 2;
  public static final int CLOSE = 3;
  public static final int MMAP = 9;
  public static final int MPROTECT = 10;
  public static final int MUNMAP = 11;
  public static final int RT_SIGACTION = 13;
  public static final int IOCTL = 16;
  public static final int MREMAP = 25;
  public static final int MADVISE = 28;
  public static final int GETPID = 39;
  public static final int FTRUNCATE = 77;
  public static final int GETTID = 186;
  public static final int TGKILL = 234;
  public static final int MEMFD_CREATE = 319;

  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int PROT_EXEC = 4;
  static final int MAP_SHARED = 0x01;
  static final int MAP_PRIVATE = 0x02;
  static final int MAP_FIXED = 0x10;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MAP_NORESERVE = 0x4000;

  private static final int PAGE = 4096;

  /** From the C convention to the kernel's. One more register than {@code syscall(2)} has in C. */
  private static final byte[] SYSCALL_STUB = {
    (byte) 0x48,
    (byte) 0x89,
    (byte) 0xf8, //             mov rax, rdi
    (byte) 0x48,
    (byte) 0x89,
    (byte) 0xf7, //             mov rdi, rsi
    (byte) 0x48,
    (byte) 0x89,
    (byte) 0xd6, //             mov rsi, rdx
    (byte) 0x48,
    (byte) 0x89,
    (byte) 0xca, //             mov rdx, rcx
    (byte) 0x4d,
    (byte) 0x89,
    (byte) 0xc2, //             mov r10, r8
    (byte) 0x4d,
    (byte) 0x89,
    (byte) 0xc8, //             mov r8, r9
    (byte) 0x4c,
    (byte) 0x8b,
    (byte) 0x4c,
    0x24,
    0x08, // mov r9, [rsp+8]
    0x0f,
    0x05, //                                        syscall
    (byte) 0xc3, //                                       ret
  };

  /** Restores the interrupted context: where every signal handler returns to. */
  private static final byte[] SIGNAL_RETURN_STUB = {
    (byte) 0x48,
    (byte) 0xc7,
    (byte) 0xc0,
    0x0f,
    0x00,
    0x00,
    0x00, // mov rax, 15 (rt_sigreturn)
    0x0f,
    0x05, //                                                    syscall
  };

  private static final int SIGNAL_RETURN_OFFSET = 32;

  private static final long STUBS = mapStubs();

  private Syscall() {}

  /** Performs system call {@code number}. */
  public static long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
    return NativeCall.invoke(STUBS, number, a0, a1, a2, a3, a4, a5);
  }

  /** Performs system call {@code number}. */
  public static long call(int number, long a0, long a1, long a2) {
    return NativeCall.invoke(STUBS, number, a0, a1, a2, 0, 0, 0);
  }

  /** Performs a call that must succeed; the failure names {@code what}. */
  static long require(String what, long result) {
    if (isError(result)) {
      throw new SysException(what, (int) -result, Errno.describe((int) -result));
    }
    return result;
  }

  /** Whether a result is a negated error number. */
  public static boolean isError(long result) {
    return result < 0 && result >= -4095;
  }

  static long signalReturn() {
    return STUBS + SIGNAL_RETURN_OFFSET;
  }

  /** One page of code, mapped by means of the C library's {@code syscall}. */
  private static long mapStubs() {
    long libc = NativeCall.symbol("syscall");
    long page =
        NativeCall.invoke(
            libc, MMAP, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == -1) {
      throw new SysException("mmap of the system call stub", Errno.ENOMEM, "refused");
    }
    NativeMemory.copy(SYSCALL_STUB, 0, page, SYSCALL_STUB.length);
    NativeMemory.copy(
        SIGNAL_RETURN_STUB, 0, page + SIGNAL_RETURN_OFFSET, SIGNAL_RETURN_STUB.length);
    long result = NativeCall.invoke(libc, MPROTECT, page, PAGE, PROT_READ | PROT_EXEC, 0, 0, 0);
    if (result != 0) {
      throw new SysException(
          "mprotect of the system call stub",
          Errno.EACCES,
          "this system forbids making memory executable");
    }
    return page;
  }
}
