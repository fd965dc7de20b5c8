package dev.tazza.cli;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Has the JVM collect garbage while a large module is compiled, for as long as this is open. The
 * command's collector (Serial) lets the old generation grow as far as it may before it looks there
 * for what is not used any more, and a compilation leaves gigabytes behind that just outlive the
 * young generation.
 */
final class GarbageWatch implements AutoCloseable {
  static final String THREAD = "tazza-garbage";

  /** The least bytes of a module whose compilation leaves much behind. */
  private static final long LARGE = 4 << 20;

  private static final long GROWTH = 192L << 20;

  private static final Duration PERIOD = Duration.ofMillis(100);

  private final long growth;
  private final Runtime heap = Runtime.getRuntime();
  private final @Nullable Thread thread;
  private volatile boolean hasCollected;

  /**
   * Starts watching.
   *
   * @param growth so many bytes the heap may grow beyond twice what was in use when it was last
   *     collected
   */
  GarbageWatch(long growth, boolean isNeeded) {
    this.growth = growth;
    thread = isNeeded ? Thread.ofPlatform().daemon().name(THREAD).start(new Watch()) : null;
  }

  /** Watches over the compilation of a module of so many bytes. */
  static GarbageWatch ofCompilation(long size) {
    return new GarbageWatch(GROWTH, size >= LARGE);
  }

  private long used() {
    return heap.totalMemory() - heap.freeMemory();
  }

  /**
   * What the thread does, until it is interrupted. It is there for each large module, also if that
   * is in the cache: a lambda, or {@link Thread#sleep}, would have the JVM make or load classes.
   */
  private final class Watch implements Runnable {
    @Override
    public void run() {
      long most = growth;
      while (true) {
        LockSupport.parkNanos(GarbageWatch.this, PERIOD.toNanos());
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        if (used() > most) {
          collect();
          most = 2 * used() + growth;
          hasCollected = true;
        }
      }
    }
  }

  @SuppressWarnings("SystemGc") // that is what this is for
  private static void collect() {
    System.gc();
  }

  /** Ends it; what the compilation has left is collected if it was much. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    if (hasCollected) {
      collect();
    }
  }
}
