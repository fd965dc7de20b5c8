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
 */
public record Tunables(
    long staticMemoryMaximumSize,
    boolean staticMemoryForced,
    long staticMemoryGuardSize,
    long dynamicMemoryGuardSize,
    boolean generateAddressMap,
    boolean polls,
    boolean heapAccessSpectreMitigation,
    boolean tableAccessSpectreMitigation) {

  private static final long GIB = 1L << 30;

  /** No memory has more bytes: programs do not get more address space. */
  public static final long LARGEST_MEMORY = 1L << 47;

  /** 4 GiB static memories with a guard of 2 GiB: no bounds checks for 32-bit memories. */
  public static final Tunables DEFAULT =
      new Tunables(4 * GIB, false, 2 * GIB, 64 << 10, true, false, true, true);

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

  /**
   * Whether the guard begins right behind the last byte of such a memory, so that it stands for
   * checks: not if the length need not be whole pages of the system.
   */
  public boolean isGuarded(MemoryType type) {
    return type.pageSizeLog2() >= MemoryType.DEFAULT_PAGE_SIZE_LOG2;
  }

  /** Size of the guard behind memories of this type. */
  public long guardSize(MemoryType type) {
    return isStatic(type) ? staticMemoryGuardSize : dynamicMemoryGuardSize;
  }

  /** From the base of a static memory to the end of its guard. */
  public long staticMemoryRoom() {
    return staticMemoryMaximumSize + staticMemoryGuardSize;
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
        tableAccessSpectreMitigation);
  }

  /**
   * The most bytes that a memory of this type can have, {@code Long.MAX_VALUE} when that is no
   * signed number. The runtime makes none that is larger than {@link #LARGEST_MEMORY}.
   */
  public static long maximumBytes(MemoryType type) {
    Limits limits = type.limits();
    if (limits.hasMaximum()) {
      return bytes(type, limits.maximum());
    }
    // Without a maximum the number of pages must be one that memory.size can give, too.
    boolean isByteSized = type.pageSizeLog2() == 0;
    return limits.is64() ? Long.MAX_VALUE : isByteSized ? (1L << 32) - 1 : 1L << 32;
  }

  /** The least bytes that a memory of this type has, as {@link #maximumBytes}. */
  public static long minimumBytes(MemoryType type) {
    return bytes(type, type.limits().minimum());
  }

  private static long bytes(MemoryType type, long pages) {
    int shift = type.pageSizeLog2();
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
        && tableAccessSpectreMitigation == that.tableAccessSpectreMitigation;
  }

  @Override
  public int hashCode() {
    long sizes =
        staticMemoryMaximumSize + 31 * (staticMemoryGuardSize + 31 * dynamicMemoryGuardSize);
    return Long.hashCode(sizes);
  }
}
