package dev.tazza.vm.instance;

import dev.tazza.vm.memory.TableStorage;
import dev.tazza.wasm.type.TableType;

/** A table with its type. */
public record VmTable(VmStore store, TableType type, TableStorage storage) {
  /**
   * Grows by {@code delta} elements, all {@code element}.
   *
   * @param delta unsigned
   * @return the length before, or -1 when it cannot or may not grow so far
   */
  public long grow(long delta, long element) {
    boolean isPossible = delta >= 0 && delta <= Long.MAX_VALUE - storage.length();
    long before = isPossible ? store.growth().grow(this, delta, element) : -1;
    return before >= 0 ? before : store.growth().failed("a table");
  }
}
