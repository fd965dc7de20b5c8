package dev.tazza.environ.artifact;

import dev.tazza.environ.MemoryContents;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.MemoryType;

/**
 * What is stored of a module's initial data besides its segments: the contents of one memory as
 * pages, so that they can be mapped from the file. At most one memory has them, the first that is
 * worth it.
 *
 * @param memory its index; 0 if there are no contents
 * @param offset where in the memory they begin, a multiple of the page size
 * @param contents whole pages
 */
record DataImage(int memory, long offset, byte[] contents) {
  static final int PAGE = 4096;

  /** Less is copied into each instance anyway. */
  private static final long LEAST = 16 << 10;

  private static final DataImage NONE = new DataImage(0, 0, new byte[0]);

  static DataImage of(WasmModule module) {
    for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
      MemoryContents contents = MemoryContents.of(module, i);
      if (contents != null && isWorthIt(contents) && hasPages(module, i)) {
        return of(module, i, contents);
      }
    }
    return NONE;
  }

  private static boolean isWorthIt(MemoryContents contents) {
    return contents.bytes() >= LEAST && contents.isDense();
  }

  private static boolean hasPages(WasmModule module, int memory) {
    return module.memory(memory).pageSizeLog2() >= MemoryType.DEFAULT_PAGE_SIZE_LOG2;
  }

  private static DataImage of(WasmModule module, int memory, MemoryContents contents) {
    long offset = contents.low() & -PAGE;
    // At most twice as much as the data, and that is within one array.
    byte[] pages = new byte[(int) (contents.high() - offset + PAGE - 1 & -PAGE)];
    for (MemoryContents.Piece piece : contents.pieces()) {
      int to = (int) (piece.offset() - offset);
      System.arraycopy(module.bytes(), piece.start(), pages, to, piece.count());
    }
    return new DataImage(memory, offset, pages);
  }
}
