package dev.tazza;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an engine does later or regularly: one thread, a daemon, that is there while it is needed.
 * Thread-safe.
 */
final class TimerThread {
  /** How long it waits for something to do before it ends. */
  private static final long IDLE_SECONDS = 10;

  private volatile @Nullable ScheduledThreadPoolExecutor executor; // written under the lock

  /** Made at the first call: most engines of a command need none, and it takes 0.5 ms. */
  ScheduledThreadPoolExecutor executor() {
    ScheduledThreadPoolExecutor made = executor;
    return made != null ? made : make();
  }

  private synchronized ScheduledThreadPoolExecutor make() {
    ScheduledThreadPoolExecutor made = executor;
    if (made == null) {
      made =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("tazza-timeouts").factory());
      made.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
      made.allowCoreThreadTimeOut(true);
      made.setRemoveOnCancelPolicy(true);
      executor = made;
    }
    return made;
  }
}
