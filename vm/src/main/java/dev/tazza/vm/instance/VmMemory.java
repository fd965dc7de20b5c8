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
   * @return the size before in pages, or -1 when it cannot or may not grow so far
   */
  public long grow(long delta) {
    long before = pages();
    long room = (Long.MAX_VALUE >>> type.pageSizeLog2()) - before;
    boolean grows =
        delta == 0
            || delta > 0
                && delta <= room
                && store.growth().grow(this, before + delta << type.pageSizeLog2());
    return grows ? before : store.growth().failed("a memory");
  }
}
