package dev.tazza.vm.pool;

/** Which free slot is taken. */
public enum SlotStrategy {
  /** The one that was released last; slots that were never used when there is no other. */
  NEXT_AVAILABLE,
  /** Any: nobody can tell which will follow on which. */
  RANDOM,
  /** One that was last used for the same, if there is one. */
  REUSE_AFFINITY
}
