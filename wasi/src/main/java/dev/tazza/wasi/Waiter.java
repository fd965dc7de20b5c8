package dev.tazza.wasi;

import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.PollSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until descriptors of the host are ready.
 *
 * <p>A platform thread waits in the kernel, in slices so that it notices interruption. A virtual
 * thread must not: a blocking system call would hold its carrier. It parks and has itself woken by
 * the {@link Poller}. What cannot be waited for in that way is looked at every millisecond.
 */
final class Waiter {
  private static final long SLICE = 100_000_000L;
  private static final long SHORT_SLICE = 1_000_000L;

  private final Kernel kernel;
  private final PollSet set = new PollSet();

  Waiter(Kernel kernel) {
    this.kernel = kernel;
  }

  Kernel kernel() {
    return kernel;
  }

  /** Forgets what was waited for. */
  void clear() {
    set.clear();
  }

  /** Adds a descriptor to wait for; returns its index for {@link #result}. */
  int add(int fd, int events) {
    return set.add(fd, events);
  }

  int count() {
    return set.count();
  }

  /** Events found by the last {@link #look} or {@link #pause}: bits of {@code POLL…}. */
  int result(int index) {
    return set.result(index);
  }

  /** Asks once, without waiting, how many are ready. */
  int look() {
    return Math.max(0, kernel.files().poll(set, 0));
  }

  /** Waits a moment, at most {@code limit} nanoseconds; returns how many are ready now. */
  int pause(long limit) {
    WasiInterruptedException.check();
    if (!Thread.currentThread().isVirtual()) {
      return Math.max(0, kernel.files().poll(set, Math.min(limit, SLICE)));
    }
    return park(limit);
  }

  private int park(long limit) {
    Poller poller = Poller.shared();
    long slice = limit;
    int added = 0;
    while (added < set.count()) {
      int fd = set.descriptor(added);
      if (!poller.add(fd, set.events(added))) {
        slice = Math.min(limit, SHORT_SLICE);
        break;
      }
      added++;
    }
    try {
      LockSupport.parkNanos(slice);
    } finally {
      for (int i = 0; i < added; i++) {
        poller.remove(set.descriptor(i));
      }
    }
    return look();
  }

  boolean isReady(int fd, int events) {
    clear();
    add(fd, events);
    return look() > 0;
  }

  /** Waits for one descriptor as long as it takes. */
  void await(int fd, int events) {
    clear();
    add(fd, events);
    int ready = Thread.currentThread().isVirtual() ? look() : 0;
    while (ready == 0) {
      ready = pause(Long.MAX_VALUE);
    }
  }
}
