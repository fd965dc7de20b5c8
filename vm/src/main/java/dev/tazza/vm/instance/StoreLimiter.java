package dev.tazza.vm.instance;

/** Is asked before a store gets more; see {@code dev.tazza.ResourceLimiter}. Bytes and elements. */
public interface StoreLimiter {
  /** Whether a memory may grow, or begin with {@code desired} when {@code current} is 0. */
  boolean memoryGrowing(long current, long desired, long maximum);

  /** The same for a table. */
  boolean tableGrowing(long current, long desired, long maximum);

  /** The most instances. */
  int instances();

  /** The most memories. */
  int memories();

  /** The most tables. */
  int tables();

  /** Whether the last question has no answer yet, so that the one that it gave means nothing. */
  default boolean isUndecided() {
    return false;
  }

  /** Whether the guest traps when something does not grow, instead of being told so. */
  boolean trapsOnGrowFailure();
}
