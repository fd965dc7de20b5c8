package dev.tazza.vm.instance;

import dev.tazza.environ.Tunables;
import dev.tazza.vm.memory.MemoryLayout;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;

/**
 * What stores of one engine have in common.
 *
 * @param tunables the options that code depends on
 * @param guardBeforeLinearMemory whether memories have an inaccessible range before them too
 * @param dynamicMemoryReservedForGrowth bytes to reserve after a dynamic memory
 * @param maximumFrames how many frames a backtrace has at most; 0 for no backtraces
 */
public record StoreOptions(
    Tunables tunables,
    boolean guardBeforeLinearMemory,
    long dynamicMemoryReservedForGrowth,
    int maximumFrames) {

  /** Where a memory of {@code type} goes in address space. */
  MemoryLayout layout(MemoryType type) {
    Limits limits = type.limits();
    long initial = limits.minimum() << type.pageSizeLog2();
    long maximum = Tunables.maximumBytes(type);
    if (tunables.isStatic(type)) {
      long reservation = tunables.staticMemoryMaximumSize();
      long guard = tunables.staticMemoryGuardSize();
      return MemoryLayout.fixed(
          initial,
          Math.max(initial, Math.min(maximum, reservation)),
          reservation,
          guardBeforeLinearMemory ? guard : 0,
          guard);
    }
    long guard = tunables.dynamicMemoryGuardSize();
    return MemoryLayout.movable(
        initial, maximum, dynamicMemoryReservedForGrowth, guardBeforeLinearMemory ? guard : 0, guard);
  }
}
