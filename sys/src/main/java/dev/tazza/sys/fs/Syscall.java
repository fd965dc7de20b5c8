package dev.tazza.sys.fs;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * One downcall for every Linux system call: libc's {@code syscall(number, …)}.
 *
 * <p>Binding a downcall costs milliseconds at start-up, and again for each new signature. Passing
 * everything as 64-bit integers through the one variadic entry point costs that only once, on first
 * use, and works alike on x86-64 and aarch64, whose C calling conventions pass variadic integers in
 * registers. Numbers are in {@link SyscallNumber}.
 *
 * <p>A result is what the kernel itself would return: zero or more, or the negated {@code errno}.
 * The calling thread, and with it a virtual thread's carrier, is in native code until the call
 * returns. Thread-safe as long as two threads do not share {@code callState}.
 */
final class Syscall {
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO_OFFSET = STATE.byteOffset(PathElement.groupElement("errno"));

  /** Bytes that a {@code callState} argument must have. */
  public static final long STATE_SIZE = STATE.byteSize();

  private Syscall() {}

  /** Binds the downcall when first used, not when this class is merely linked. */
  private static final class Handle {
    static final MethodHandle SYSCALL = bind();

    private static MethodHandle bind() {
      Linker linker = Linker.nativeLinker();
      ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow("syscall"),
          FunctionDescriptor.of(word, word, word, word, word, word, word, word),
          Linker.Option.captureCallState("errno"));
    }
  }

  /**
   * Makes a system call.
   *
   * @param callState native memory of {@link #STATE_SIZE} bytes, aligned to 4, which is overwritten
   * @return the result, or the negated {@code errno}
   */
  public static long call(
      MemorySegment callState, long number, long a, long b, long c, long d, long e, long f) {
    long result;
    try {
      result = (long) Handle.SYSCALL.invokeExact(callState, number, a, b, c, d, e, f);
    } catch (Throwable t) {
      throw new AssertionError("a downcall does not throw", t);
    }
    return result == -1 ? -callState.get(ValueLayout.JAVA_INT, ERRNO_OFFSET) : result;
  }
}
