package dev.tazza.sys;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/**
 * Calls of native functions.
 *
 * <p>{@link #invoke} is one handle of the shape (7 × long) → long that serves every rare call: the
 * C convention lets a function ignore arguments it does not know. Hot calls get their own shape
 * with {@link #link}.
 */
public final class NativeCall {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SEVEN_LONGS =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG));

  private NativeCall() {}

  /**
   * Calls the C function at {@code address}; surplus arguments are zero.
   *
   * <p>The thread is "in native" meanwhile: the function may block, garbage collection goes on.
   */
  public static long invoke(
      long address, long a0, long a1, long a2, long a3, long a4, long a5, long a6) {
    try {
      return (long)
          SEVEN_LONGS.invokeExact(MemorySegment.ofAddress(address), a0, a1, a2, a3, a4, a5, a6);
    } catch (Throwable impossible) {
      throw new AssertionError("a native call threw", impossible);
    }
  }

  /** {@link #invoke} with three arguments. */
  public static long invoke(long address, long a0, long a1, long a2) {
    return invoke(address, a0, a1, a2, 0, 0, 0, 0);
  }

  /**
   * A handle that calls the C function at {@code address}, to be kept in a {@code static final}
   * field and called by {@code invokeExact}.
   *
   * @param type of {@code int}, {@code long}, {@code float}, {@code double} and {@code void} only
   */
  public static MethodHandle link(long address, MethodType type, Linker.Option... options) {
    MemoryLayout[] parameters = new MemoryLayout[type.parameterCount()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = layout(type.parameterType(i));
    }
    FunctionDescriptor descriptor =
        type.returnType() == void.class
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(layout(type.returnType()), parameters);
    return LINKER.downcallHandle(MemorySegment.ofAddress(address), descriptor, options);
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

  private static MemoryLayout layout(Class<?> type) {
    if (type == int.class) {
      return ValueLayout.JAVA_INT;
    } else if (type == long.class) {
      return ValueLayout.JAVA_LONG;
    } else if (type == float.class) {
      return ValueLayout.JAVA_FLOAT;
    } else if (type == double.class) {
      return ValueLayout.JAVA_DOUBLE;
    }
    throw new IllegalArgumentException("no native layout for " + type);
  }
}
