package dev.tazza.environ;

import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.MemoryType;
import org.jspecify.annotations.Nullable;

/**
 * Initial data in an array.
 *
 * @param memory as {@link InitialData} has it
 * @param offset as {@link InitialData} has it
 * @param bytes the contents; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MemoryPages(int memory, long offset, byte[] bytes) implements InitialData {
  /** The size of a page, of which contents are made and which they are aligned to. */
  public static final int PAGE = 4096;

  /** Less is copied into each instance anyway. */
  private static final long LEAST = 16 << 10;

  /**
   * What the segments of a module put into the first memory of which it is worth it: they are at
   * constant places inside of what it begins with, so that they can neither trap nor depend on
   * anything, there is data in half of the pages, or the contents would be out of proportion to the
   * segments, and nobody can look before all are applied. That is so unless functions get into an
   * imported table, by which others could call them when a later segment traps.
   *
   * @return null when there is no such memory
   */
  public static @Nullable MemoryPages of(WasmModule module) {
    if (fillsImportedTables(module)) {
      return null;
    }
    for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
      MemoryContents contents = hasPages(module, i) ? MemoryContents.of(module, i) : null;
      if (contents != null && contents.bytes() >= LEAST && contents.isDense()) {
        return of(module, i, contents);
      }
    }
    return null;
  }

  private static boolean hasPages(WasmModule module, int memory) {
    return module.memory(memory).pageSizeLog2() >= MemoryType.DEFAULT_PAGE_SIZE_LOG2;
  }

  private static MemoryPages of(WasmModule module, int memory, MemoryContents contents) {
    long offset = contents.low() & -PAGE;
    // At most twice as much as the data, and that is within one array.
    byte[] pages = new byte[(int) (contents.high() - offset + PAGE - 1 & -PAGE)];
    for (MemoryContents.Piece piece : contents.pieces()) {
      int to = (int) (piece.offset() - offset);
      System.arraycopy(module.bytes(), piece.start(), pages, to, piece.count());
    }
    return new MemoryPages(memory, offset, pages);
  }

  /** Whether functions of an instance can be called before it is complete, or without that. */
  public static boolean fillsImportedTables(WasmModule module) {
    for (ElementSegment segment : module.elementSegments()) {
      if (segment.mode() == SegmentMode.ACTIVE
          && segment.tableIndex() < module.importedTableCount()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int size() {
    return bytes.length;
  }

  @Override
  public void writeTo(CodeText.Sink sink) {
    sink.write(0, bytes, bytes.length);
  }
}
