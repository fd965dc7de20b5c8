package dev.tazza;

/** How a wait at a shared memory ended. The ordinals are what {@code memory.atomic.wait} gives. */
public enum WaitResult {
  /** Somebody notified the waiter. */
  WOKEN,
  /** The memory did not have the expected value, so there was no wait. */
  MISMATCH,
  /** Nobody did in time. */
  TIMED_OUT
}
