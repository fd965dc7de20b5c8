package dev.tazza.sys;

/**
 * Addresses of C library functions that compiled code calls itself, in the C convention. They are
 * the variants that the library chose for this processor.
 */
public final class LibC {
  private LibC() {}

  /** {@code void *memmove(void *to, const void *from, size_t count)}. */
  public static long memmove() {
    return Memmove.ADDRESS;
  }

  /** {@code void *memset(void *to, int value, size_t count)}. */
  public static long memset() {
    return Memset.ADDRESS;
  }

  /** {@code int memcmp(const void *a, const void *b, size_t count)}. */
  public static long memcmp() {
    return Memcmp.ADDRESS;
  }

  private static final class Memmove {
    static final long ADDRESS = NativeCall.symbol("memmove");
  }

  private static final class Memset {
    static final long ADDRESS = NativeCall.symbol("memset");
  }

  private static final class Memcmp {
    static final long ADDRESS = NativeCall.symbol("memcmp");
  }
}
