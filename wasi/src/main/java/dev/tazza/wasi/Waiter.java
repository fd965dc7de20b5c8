package dev.tazza.wasi;

import dev.tazza.sys.fs.Kernel;
import java.util.ArrayDeque;
import java.util.Deque;

/** Waits until a descriptor of the host is ready; see {@link Readiness}. One per program. */
final class Waiter {
  private final Kernel kernel;
  private final Turns turns;

  /** Those that nobody uses now. */
  private final Deque<Readiness> idle = new ArrayDeque<>();

  Waiter(Kernel kernel, Turns turns) {
    this.kernel = kernel;
    this.turns = turns;
  }

  Kernel kernel() {
    return kernel;
  }

  /** Who has its turn. */
  Turns turns() {
    return turns;
  }

  /** For a wait of one's own. */
  Readiness newReadiness() {
    return new Readiness(turns);
  }

  boolean isReady(int fd, int events) {
    Readiness readiness = take();
    try {
      readiness.add(fd, events);
      return readiness.look() > 0;
    } finally {
      idle.push(readiness);
    }
  }

  /**
   * Waits for one descriptor as long as it takes; it is ready in the same turn in which this ends.
   */
  void await(int fd, int events) {
    Readiness readiness = take();
    try {
      readiness.add(fd, events);
      while (readiness.look() == 0) {
        readiness.pause(Long.MAX_VALUE);
      }
    } finally {
      idle.push(readiness);
    }
  }

  private Readiness take() {
    Readiness readiness = idle.poll();
    if (readiness == null) {
      readiness = newReadiness();
    }
    readiness.clear();
    return readiness;
  }
}
