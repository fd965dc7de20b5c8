package dev.tazza;

import dev.tazza.vm.interrupt.StopRequest;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time limit of calls under way. */
final class Timeout implements AutoCloseable {
  /** How long the timer's thread waits for the next timeout before it ends. */
  private static final long IDLE_SECONDS = 10;

  private final Interruption<?> interruption;
  private final Future<?> alarm;

  /** Begins it, within a use of the store. */
  Timeout(
      ScheduledThreadPoolExecutor timer,
      StopRequest request,
      Interruption<?> interruption,
      Duration timeout) {
    this.interruption = interruption;
    long nanos = Nanos.of(timeout);
    interruption.begin(System.nanoTime() + nanos);
    alarm = timer.schedule(request::raise, nanos, TimeUnit.NANOSECONDS);
  }

  /** One thread, a daemon, that is there while it is needed. */
  static ScheduledThreadPoolExecutor newTimer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("tazza-timeouts").factory());
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** Ends it. */
  @Override
  public void close() {
    alarm.cancel(false);
    interruption.end();
  }
}
