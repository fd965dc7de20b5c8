package dev.tazza.sys;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls of native functions, all through one handle of the shape (6 × long) → long.
 *
 * <p>The C convention lets a function ignore arguments it does not know, so the shape serves every
 * function of integers. Each further shape would cost a starting process about 15 ms; a call with
 * only the needed arguments would be 0.3 ns faster. Six arguments and the address still travel in
 * registers but for one.
 */
public final class NativeCall {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SIX_LONGS =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG));

  private NativeCall() {}

  /**
   * Calls the C function at {@code address}; surplus arguments are zero. Where {@code address} is a
   * constant, compiled code is a direct sequence without allocation.
   *
   * <p>The thread is "in native" meanwhile: the function may block, garbage collection goes on.
   */
  public static long invoke(long address, long a0, long a1, long a2, long a3, long a4, long a5) {
    try {
      return (long) SIX_LONGS.invokeExact(MemorySegment.ofAddress(address), a0, a1, a2, a3, a4, a5);
    } catch (RuntimeException | Error e) {
      throw e; // such as StackOverflowError before the call
    } catch (Throwable impossible) {
      throw new AssertionError("a native call threw", impossible);
    }
  }

  /** What {@link #invoke} calls: (address, 6 × long) → long. */
  static MethodHandle sixLongs() {
    return SIX_LONGS;
  }

  /** {@link #invoke} with three arguments. */
  public static long invoke(long address, long a0, long a1, long a2) {
    return invoke(address, a0, a1, a2, 0, 0, 0);
  }

  /** The address of a function in the C library. */
  public static long symbol(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(
            () -> new UnsupportedOperationException("the C library has no function " + name))
        .address();
  }
}
