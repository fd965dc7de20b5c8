package dev.tazza.vm.call;

import dev.tazza.vm.event.PoolExhaustedEvent;
import dev.tazza.vm.event.Recording;
import dev.tazza.wasm.PoolExhaustedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens when all of a kind are in use, of which there are so many: whoever wants one waits a
 * while. The pool of the kind counts them. Thread-safe.
 */
public final class Permits {
  private final String kind;
  private final int count;
  private final long waitNanos;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param kind what there is, in one word
   * @param wait how long {@link #await} waits
   */
  public Permits(String kind, int count, Duration wait) {
    this.kind = kind;
    this.count = count;
    this.waitNanos = wait.toNanos();
  }

  /**
   * Waits for one, after an attempt in vain.
   *
   * @param attempt takes one from the pool, if there is one
   * @throws PoolExhaustedException when there is none in time, or the thread is interrupted
   */
  public <T> T await(Supplier<@Nullable T> attempt) {
    T taken = waitNanos == 0 ? null : awaitRelease(attempt);
    if (taken == null) {
      if (Recording.isOn()) {
        PoolExhaustedEvent.record(kind, count);
      }
      throw new PoolExhaustedException(kind, count);
    }
    return taken;
  }

  /**
   * Each attempt is after others could see that somebody waits: so what they release is not missed.
   */
  private synchronized <T> @Nullable T awaitRelease(Supplier<@Nullable T> attempt) {
    long end = System.nanoTime() + waitNanos;
    waiting.incrementAndGet();
    try {
      while (true) {
        T taken = attempt.get();
        long rest = end - System.nanoTime();
        if (taken != null || rest <= 0) {
          return taken;
        }
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** One has come back to the pool. */
  public void released() {
    if (waiting.get() > 0) {
      wake();
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  /** How many there are. */
  public int count() {
    return count;
  }
}
