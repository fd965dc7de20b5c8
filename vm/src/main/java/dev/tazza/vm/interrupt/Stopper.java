package dev.tazza.vm.interrupt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees to it that guest code stops which a signal did not: it may have been on its way into the
 * guest or out of it, or in a function of the C library. One per engine. Its thread, a daemon, is
 * there while there is something to do, and for some seconds more. Thread-safe.
 */
public final class Stopper {
  /**
   * How long it waits before it signals again, for so many rounds after a request and later on: a
   * guest that throws most of the time is seldom where it can be stopped.
   */
  private static final long HURRIED_NANOS = 100_000;

  private static final int HURRIED_ROUNDS = 100;

  private static final long PERIOD_NANOS = 1_000_000;
  private static final long IDLE_MILLIS = TimeUnit.SECONDS.toMillis(10);

  /**
   * A store that looks idle is looked at for some milliseconds more: its thread may have been about
   * to enter and not have seen the request.
   */
  private static final int LOOKS = 20;

  private final List<StopRequest> pursued = new ArrayList<>(); // guarded by this
  private boolean running; // guarded by this
  private int rounds; // since the last request; guarded by this

  /** Signals the request's thread until it stops. */
  void pursue(StopRequest request) {
    request.signal();
    synchronized (this) {
      request.looksInVain = 0;
      rounds = 0;
      if (!pursued.contains(request)) {
        pursued.add(request);
        notifyAll();
      }
      if (!running) {
        running = true;
        Thread.ofPlatform().daemon().name("tazza-stopper").start(this::run);
      }
    }
  }

  private void run() {
    for (long pause = HURRIED_NANOS; pause > 0; pause = look()) {
      LockSupport.parkNanos(pause);
    }
  }

  /** Signals once more. Gives the nanoseconds until the next time; 0: there is nothing to do. */
  private synchronized long look() {
    try {
      pursued.removeIf(request -> !request.signal() && ++request.looksInVain >= LOOKS);
      // Nobody else knows this thread; if it is interrupted, who asks for something starts another.
      if (!Thread.interrupted() && (!pursued.isEmpty() || awaitWork())) {
        return rounds++ < HURRIED_ROUNDS ? HURRIED_NANOS : PERIOD_NANOS;
      }
    } catch (InterruptedException e) {
      // as above
    }
    running = false;
    return 0;
  }

  private boolean awaitWork() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS);
    while (pursued.isEmpty()) {
      long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (rest <= 0) {
        return false;
      }
      wait(rest);
    }
    return true;
  }
}
