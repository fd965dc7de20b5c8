package dev.tazza;

import dev.tazza.vm.interrupt.StopRequest;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time limit of calls under way. */
final class Timeout implements AutoCloseable {
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

  /** Ends it. */
  @Override
  public void close() {
    alarm.cancel(false);
    interruption.end();
  }
}
