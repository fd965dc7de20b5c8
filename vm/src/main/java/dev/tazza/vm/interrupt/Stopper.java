package dev.tazza.vm.interrupt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that guest code stops which a signal did not: it may have been on its way into the
 * guest or out of it, or in a function of the C library. One per engine. Its thread, a daemon, is
 * there while there is something to do, and for some seconds more. Thread-safe.
 */
public final class Stopper {
  private static final long PERIOD_MILLIS = 1;
  private static final long IDLE_MILLIS = TimeUnit.SECONDS.toMillis(10);

  /**
   * A store that looks idle is looked at once more: its thread may have been about to enter and not
   * have seen the request.
   */
  private static final int LOOKS = 2;

  private final List<StopRequest> pursued = new ArrayList<>(); // guarded by this
  private boolean running; // guarded by this

  /** Signals the request's thread until it stops. */
  void pursue(StopRequest request) {
    request.signal();
    synchronized (this) {
      request.looksInVain = 0;
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

  private synchronized void run() {
    try {
      while (!pursued.isEmpty() || awaitWork()) {
        wait(PERIOD_MILLIS);
        pursued.removeIf(request -> !request.signal() && ++request.looksInVain >= LOOKS);
      }
    } catch (InterruptedException e) {
      // Nobody else knows this thread; who asks for something next starts another.
    } finally {
      running = false;
    }
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
