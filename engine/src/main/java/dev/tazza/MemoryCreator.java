package dev.tazza;

/**
 * Makes linear memories in place of the engine: see {@link Config#withHostMemory}. For embedders
 * whose memories have to lie somewhere special, or are to be counted or shared with something else.
 *
 * <p>This is as unsafe as native code: compiled code accesses what is returned without asking, and
 * counts on the size of the reservation and the guard. Thread-safe.
 */
public interface MemoryCreator {
  /**
   * Makes a memory of {@code request.minimum()} zero bytes.
   *
   * @throws RuntimeException when it cannot; the module is not instantiated then, and the exception
   *     is the cause of a {@link dev.tazza.wasm.ResourceLimitException}
   */
  CreatedMemory newMemory(Request request);

  /**
   * What kind of memory is wanted. Sizes in bytes.
   *
   * @param minimum the length to begin with
   * @param maximum it is never asked to grow beyond this
   * @param reserved so much address space, from the base on, must belong to the memory, accessible
   *     or not: it must not move. 0 if it may move when it grows
   * @param guard so many bytes behind that, or behind the last byte of one that may move, must be
   *     inaccessible: an access there must be a {@code SIGSEGV}
   */
  record Request(long minimum, long maximum, long reserved, long guard) {}

  /** A memory of the host. One thread at a time uses it, as it does the store. */
  interface CreatedMemory extends AutoCloseable {
    /**
     * Address of byte 0, a multiple of the page size; changes only when one grows that may move.
     */
    long address();

    /**
     * Accessible bytes: exactly as many as were asked for. Those behind, up to the end of the
     * guard, are not accessible, apart from a rest of a page of the system.
     */
    long byteSize();

    /**
     * Grows to {@code size} bytes; new ones are zero.
     *
     * @return false if it cannot; nothing has changed then, and the guest is told so
     */
    boolean growTo(long size);

    /** Frees it. Nothing uses it any more. */
    @Override
    void close();
  }
}
