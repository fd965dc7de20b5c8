package dev.tazza.vm.instance;

import dev.tazza.environ.Tunables;
import dev.tazza.vm.memory.MemoryPlan;
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
  MemoryPlan plan(MemoryType type) {
    return MemoryPlan.of(type, tunables, dynamicMemoryReservedForGrowth, guardBeforeLinearMemory);
  }
}
