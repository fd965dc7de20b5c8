package dev.tazza.environ;

import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import org.jspecify.annotations.Nullable;

/**
 * The engine options that compiled code depends on: code made under one set must not run under
 * another, so they are part of an artifact's identity. Sizes in bytes.
 *
 * @param staticMemoryMaximumSize address space reserved for a static memory
 * @param staticMemoryForced all memories are static, growth ends at the bound
 * @param staticMemoryGuardSize unmapped range after a static memory
 * @param dynamicMemoryGuardSize unmapped range after a dynamic memory
 * @param generateAddressMap whether code carries its source positions
 * @param polls whether code polls at loop heads and function entries
 * @param heapAccessSpectreMitigation whether addresses in memories are clamped behind their check
 * @param tableAccessSpectreMitigation whether indexes of tables are clamped behind their check
 * @param fuel what operators cost; null: code uses up no fuel
 */
public record Tunables(
    long staticMemoryMaximumSize,
    boolean staticMemoryForced,
    long staticMemoryGuardSize,
    long dynamicMemoryGuardSize,
    boolean generateAddressMap,
    boolean polls,
    boolean heapAccessSpectreMitigation,
    boolean tableAccessSpectreMitigation,
    @Nullable OperatorCost fuel) {

  private static final long GIB = 1L << 30;

  /** 4 GiB static memories with a guard of 2 GiB: no bounds checks for 32-bit memories. */
  public static final Tunables DEFAULT =
      new Tunables(4 * GIB, false, 2 * GIB, 64 << 10, true, false, true, true, null);

  /**
   * Whether a memory of this type is static: its reservation holds all it can ever grow to, so its
   * base never moves. Known from the type alone, so that code can rely on it for imported memories
   * too: an import's maximum is at or below the declared one.
   */
  public boolean isStatic(MemoryType type) {
    if (staticMemoryForced) {
      return true;
    }
    return maximumBytes(type) <= staticMemoryMaximumSize;
  }

  /** The same with dynamic memories only. */
  public Tunables withDynamicMemories() {
    return new Tunables(
        0,
        false,
        staticMemoryGuardSize,
        dynamicMemoryGuardSize,
        generateAddressMap,
        polls,
        heapAccessSpectreMitigation,
        tableAccessSpectreMitigation,
        fuel);
  }

  /** Whether code uses up fuel. */
  public boolean usesFuel() {
    return fuel != null;
  }

  /**
   * The most bytes that a memory of this type can have, {@code Long.MAX_VALUE} when that is no
   * signed number.
   */
  public static long maximumBytes(MemoryType type) {
    Limits limits = type.limits();
    int shift = type.pageSizeLog2();
    if (!limits.hasMaximum()) {
      return limits.is64() ? Long.MAX_VALUE : 1L << 32;
    }
    long pages = limits.maximum();
    return pages < 0 || pages > Long.MAX_VALUE >>> shift ? Long.MAX_VALUE : pages << shift;
  }

  // What a record gets from the compiler is linked by handles that the JDK keeps, and with them the
  // class of the record: a copy of Tazza in a class loader of its own would stay in memory.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tunables that
        && staticMemoryMaximumSize == that.staticMemoryMaximumSize
        && staticMemoryForced == that.staticMemoryForced
        && staticMemoryGuardSize == that.staticMemoryGuardSize
        && dynamicMemoryGuardSize == that.dynamicMemoryGuardSize
        && generateAddressMap == that.generateAddressMap
        && polls == that.polls
        && heapAccessSpectreMitigation == that.heapAccessSpectreMitigation
        && tableAccessSpectreMitigation == that.tableAccessSpectreMitigation
        && (fuel == null ? that.fuel == null : fuel.equals(that.fuel));
  }

  @Override
  public int hashCode() {
    long sizes =
        staticMemoryMaximumSize + 31 * (staticMemoryGuardSize + 31 * dynamicMemoryGuardSize);
    return Long.hashCode(sizes);
  }
}
