package dev.tazza;

import dev.tazza.wasm.ResourceLimitException;

/**
 * Decides how much a store gets: see {@link Store#limiter}. {@link StoreLimits} is one with fixed
 * bounds; write your own to share a budget among stores, to count, or to log.
 *
 * <p>Called by the thread that uses the store, before anything is done. What a method throws
 * surfaces from the call of the guest, or from whatever else wanted more, as it is. A limiter must
 * not grow what it is asked about.
 */
public interface ResourceLimiter {
  /**
   * Whether a memory may grow: at {@code memory.grow} and {@link Memory#grow}, and, with {@code
   * current} 0, when it is made. A guest is told that its memory did not grow; a memory that may
   * not be made is a {@link ResourceLimitException}.
   *
   * @param current its bytes now
   * @param desired the bytes that it would have; may be above {@code maximum}, and fails then
   * @param maximum the most bytes that its type allows; {@link Long#MAX_VALUE} if nothing bounds it
   */
  boolean memoryGrowing(long current, long desired, long maximum);

  /** The same for a table, in elements, at {@code table.grow} and {@link Table#grow}. */
  boolean tableGrowing(long current, long desired, long maximum);

  /** The most instances in the store. One more is a {@link ResourceLimitException}. */
  default int instances() {
    return Integer.MAX_VALUE;
  }

  /** The most memories in the store. One more is a {@link ResourceLimitException}. */
  default int memories() {
    return Integer.MAX_VALUE;
  }

  /** The most tables in the store. One more is a {@link ResourceLimitException}. */
  default int tables() {
    return Integer.MAX_VALUE;
  }

  /**
   * Whether the guest traps with {@link dev.tazza.wasm.TrapCode#RESOURCE_LIMIT} when a memory or
   * table does not grow, for whatever reason, instead of being told so. Many programs do not look.
   */
  default boolean trapsOnGrowFailure() {
    return false;
  }
}
