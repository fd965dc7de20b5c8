package dev.tazza.wasm.type;

/**
 * A linear memory.
 *
 * @param limits its size in pages
 * @param pageSizeLog2 the logarithm of the page's size in bytes, 16 unless the module says
 *     otherwise
 */
public record MemoryType(Limits limits, int pageSizeLog2) implements ExternType {

  /** The page size of memories that do not choose one: 64 KiB. */
  public static final int DEFAULT_PAGE_SIZE_LOG2 = 16;

  public MemoryType(Limits limits) {
    this(limits, DEFAULT_PAGE_SIZE_LOG2);
  }

  /** A memory with 64-bit addresses, without a maximum. */
  public static MemoryType memory64(long minimumPages) {
    return new MemoryType(Limits.of64(minimumPages));
  }

  /** A memory with 64-bit addresses. */
  public static MemoryType memory64(long minimumPages, long maximumPages) {
    return new MemoryType(Limits.of64(minimumPages, maximumPages));
  }

  /** A memory that threads share, with 32-bit addresses. */
  public static MemoryType shared(long minimumPages, long maximumPages) {
    return new MemoryType(new Limits(minimumPages, true, maximumPages, false, true));
  }

  /** Bytes of a page. */
  public long pageSize() {
    return 1L << pageSizeLog2;
  }

  @Override
  public ExternKind kind() {
    return ExternKind.MEMORY;
  }

  @Override
  public String toString() {
    String pages =
        pageSizeLog2 == DEFAULT_PAGE_SIZE_LOG2 ? "" : " in pages of " + pageSize() + " bytes";
    return "memory " + limits + pages;
  }
}
