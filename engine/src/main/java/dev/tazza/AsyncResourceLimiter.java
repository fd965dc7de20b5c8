package dev.tazza;

import java.util.concurrent.CompletionStage;

/**
 * A {@link ResourceLimiter} that may take its time, for asynchronous calls: it can ask another
 * service, or wait until others have given something back. A guest whose memory is to grow waits
 * for the answer without a thread: see {@link Store#limiterAsync}.
 *
 * <p>Where something is made, or grown by Java ({@link Memory#grow}), and for tables of references
 * that are no functions, the thread that does so waits for the answer.
 *
 * <p>Called by the thread that uses the store. A stage that fails is a failure of the call, as what
 * a host function throws. A limiter must not grow what it is asked about.
 */
public interface AsyncResourceLimiter {
  /** Whether a memory may grow: {@link ResourceLimiter#memoryGrowing}. */
  CompletionStage<Boolean> memoryGrowing(long current, long desired, long maximum);

  /** The same for a table, in elements: {@link ResourceLimiter#tableGrowing}. */
  CompletionStage<Boolean> tableGrowing(long current, long desired, long maximum);

  /** The most instances in the store: {@link ResourceLimiter#instances}. */
  default int instances() {
    return Integer.MAX_VALUE;
  }

  /** The most memories in the store: {@link ResourceLimiter#memories}. */
  default int memories() {
    return Integer.MAX_VALUE;
  }

  /** The most tables in the store: {@link ResourceLimiter#tables}. */
  default int tables() {
    return Integer.MAX_VALUE;
  }

  /** Whether the guest traps when something does not grow. */
  default boolean trapsOnGrowFailure() {
    return false;
  }
}
