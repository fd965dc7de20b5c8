package dev.tazza.vm.call;

import dev.tazza.vm.event.PoolExhaustedEvent;
import dev.tazza.vm.event.Recording;
import dev.tazza.wasm.PoolExhaustedException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** So many of a kind may be in use at a time; who finds none waits a while. Thread-safe. */
public final class Permits {
  private final String kind;
  private final int count;
  private final long waitNanos;
  private final Semaphore free;

  /**
   * All are free.
   *
   * @param kind what they are for, in one word
   * @param wait how long {@link #acquire} waits
   */
  public Permits(String kind, int count, Duration wait) {
    this.kind = kind;
    this.count = count;
    this.waitNanos = wait.toNanos();
    this.free = new Semaphore(count);
  }

  /**
   * Takes one.
   *
   * @throws PoolExhaustedException when there is none in time, or the thread is interrupted
   */
  public void acquire() {
    if (!free.tryAcquire() && (waitNanos == 0 || !await())) {
      if (Recording.isOn()) {
        PoolExhaustedEvent.record(kind, count);
      }
      throw new PoolExhaustedException(kind, count);
    }
  }

  private boolean await() {
    try {
      return free.tryAcquire(waitNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Gives one back. */
  public void release() {
    free.release();
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** How many are taken. */
  public int inUse() {
    return count - free.availablePermits();
  }
}
