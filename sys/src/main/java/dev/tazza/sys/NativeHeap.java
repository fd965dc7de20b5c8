package dev.tazza.sys;

/**
 * Blocks of native memory from the C library's allocator: for contexts, tables and other structures
 * that compiled code reads. Blocks are aligned to 16 bytes.
 */
public final class NativeHeap {
  private static final long MALLOC = NativeCall.symbol("malloc");
  private static final long CALLOC = NativeCall.symbol("calloc");
  private static final long FREE = NativeCall.symbol("free");

  private NativeHeap() {}

  /**
   * Allocates {@code size} zero bytes.
   *
   * @return the address, or 0 when there is no memory
   */
  public static long tryAllocate(long size) {
    return NativeCall.invoke(CALLOC, 1, Math.max(size, 1), 0);
  }

  /** Allocates {@code size} zero bytes. */
  public static long allocate(long size) {
    long address = tryAllocate(size);
    if (address == 0) {
      throw new SysException("calloc of " + size + " bytes", 12, "out of memory");
    }
    return address;
  }

  /** Allocates {@code size} bytes of arbitrary contents, at least one. */
  public static long allocateUninitialized(long size) {
    long address = NativeCall.invoke(MALLOC, size, 0, 0);
    if (address == 0) {
      throw new SysException("malloc of " + size + " bytes", 12, "out of memory");
    }
    return address;
  }

  /** Gives a block back; 0 is ignored. */
  public static void free(long address) {
    if (address != 0) {
      NativeCall.invoke(FREE, address, 0, 0);
    }
  }
}
