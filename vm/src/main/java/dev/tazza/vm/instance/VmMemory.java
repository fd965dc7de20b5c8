package dev.tazza.vm.instance;

import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.wasm.type.MemoryType;

/** A linear memory with its type. */
public record VmMemory(VmStore store, MemoryType type, LinearMemory storage) {
  /** Current size in pages. */
  public long pages() {
    return storage.length() >>> type.pageSizeLog2();
  }

  /**
   * Grows by {@code delta} pages.
   *
   * @param delta unsigned
   * @return the size before in pages, or -1 when it cannot grow so far
   */
  public long grow(long delta) {
    long before = pages();
    long room = (Long.MAX_VALUE >>> type.pageSizeLog2()) - before;
    if (delta < 0 || delta > room) {
      return -1;
    }
    return storage.grow(before + delta << type.pageSizeLog2()) ? before : -1;
  }
}
