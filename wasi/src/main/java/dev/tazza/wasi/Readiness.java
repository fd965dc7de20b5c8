package dev.tazza.wasi;

import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.PollSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Which of some descriptors of the host are ready, and waiting for that. Used for one wait at a
 * time.
 *
 * <p>A platform thread waits in the kernel, in slices so that it notices interruption. A virtual
 * thread must not: a blocking system call would hold its carrier. It parks and has itself woken by
 * the {@link Poller}. What cannot be waited for in that way is looked at every millisecond.
 */
final class Readiness {
  private static final long SLICE = 100_000_000L;
  private static final long SHORT_SLICE = 1_000_000L;

  /** Its own: while this waits, others use that of the program. */
  private final Kernel kernel = Kernel.open();

  private final Turns turns;
  private final PollSet set = new PollSet();

  Readiness(Turns turns) {
    this.turns = turns;
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

  /**
   * Waits a moment, at most {@code limit} nanoseconds, in which others have their turn. Then {@link
   * #look} tells what is ready.
   *
   * @throws WasiInterruptedException when the thread is interrupted
   */
  void pause(long limit) {
    WasiInterruptedException.check();
    turns.aside(() -> {
      if (Thread.currentThread().isVirtual()) {
        park(limit);
      } else {
        kernel.files().poll(set, Math.min(limit, SLICE));
      }
      return 0;
    });
  }

  private void park(long limit) {
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
  }
}
