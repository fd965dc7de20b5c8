package dev.tazza;

/** Which free slot of a pool an instance gets. */
public enum PoolingAllocationStrategy {
  /** The one that became free last; one that was never used if there is no other. */
  NEXT_AVAILABLE,
  /** Any, so that no guest can be placed where another one was. */
  RANDOM,
  /**
   * For its memory, one in which a memory with the same initial contents was last, if there is one:
   * these are still mapped then. Otherwise one that was never used, up to {@link
   * PoolingConfig#maxUnusedWarmSlots}, and then the one that has been free for longest.
   */
  REUSE_AFFINITY
}
