package dev.tazza.vm.instance;

import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.wasm.type.MemoryType;
import org.jspecify.annotations.Nullable;

/**
 * A linear memory with its type.
 *
 * @param store whose it is; a shared memory has one of these in each store that uses it
 * @param shared what it is in all stores; null if it is this store's own
 */
public record VmMemory(
    VmStore store, MemoryType type, LinearMemory storage, @Nullable VmSharedMemory shared) {
  /** Current size in pages. */
  public long pages() {
    return storage.length() >>> type.pageSizeLog2();
  }

  /** Address of the definition, for instances that import this memory. */
  long definition() {
    VmSharedMemory common = shared;
    return common == null ? storage.definition() : common.definition();
  }

  /** Makes it the memory that an instance defines, of whose context this is the slot for that. */
  void define(long slot) {
    VmSharedMemory common = shared;
    if (common == null) {
      storage.define(slot);
    } else {
      NativeMemory.putLong(slot, common.definition());
    }
  }

  /**
   * Grows by {@code delta} pages.
   *
   * @param delta unsigned
   * @return the size before in pages, or -1 when it cannot or may not grow so far
   */
  public long grow(long delta) {
    int shift = type.pageSizeLog2();
    while (true) {
      long length = storage.length();
      long before = length >>> shift;
      if (delta == 0) {
        return before;
      }
      long room = (Long.MAX_VALUE >>> shift) - before;
      if (delta > 0
          && delta <= room
          && store.growth().grow(this, length, before + delta << shift)) {
        return before;
      }
      if (storage.length() == length) {
        return store.growth().failed("a memory");
      }
      // It is shared, and another thread has grown it in between.
    }
  }
}
