package dev.tazza;

import dev.tazza.vm.interrupt.EpochClock;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Begins an epoch of an engine at regular intervals, on a daemon thread of its own. Ends by {@link
 * #close}, or when its engine is closed or no longer reachable. Thread-safe.
 */
public final class EpochTicker implements AutoCloseable {
  private final WeakReference<Engine> engine;
  private final EpochClock clock;
  private final long period;
  private final Thread thread;
  private volatile boolean closed;

  /** Starts ticking. */
  EpochTicker(Engine engine, EpochClock clock, Duration period) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("the period must be positive, but is " + period);
    }
    this.engine = new WeakReference<>(engine);
    this.clock = clock;
    this.period = Nanos.of(period);
    thread = Thread.ofPlatform().daemon().name("tazza-epochs").unstarted(this::run);
    thread.start();
  }

  private void run() {
    long next = System.nanoTime() + period;
    while (!closed) {
      long rest = next - System.nanoTime();
      if (rest > 0) {
        LockSupport.parkNanos(this, rest);
        continue;
      }
      if (isOver()) {
        return;
      }
      clock.advance();
      // Late by more than a period: what was missed is not made up for.
      next = Math.max(next + period, System.nanoTime());
    }
  }

  private boolean isOver() {
    Engine ticked = engine.get();
    return ticked == null || ticked.isClosed();
  }

  /** Stops ticking. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  @Override
  public String toString() {
    return (closed ? "closed ticker, " : "ticker, ") + Duration.ofNanos(period);
  }
}
