package dev.tazza.vm.interrupt;

import org.jspecify.annotations.Nullable;

/**
 * The epoch of an engine, a number that only grows, and the deadlines of its stores. Thread-safe.
 *
 * <p>Deadlines are kept on a timing wheel (Varghese and Lauck, 1987): {@link #advance} looks at one
 * of {@link #BUCKETS} lists alone, setting a deadline moves it from one list to another.
 */
public final class EpochClock {
  private static final int BUCKETS = 256;

  private final @Nullable Deadline[] buckets = new @Nullable Deadline[BUCKETS];
  private volatile long now; // written under the lock

  /** The current epoch: how often it was advanced. */
  public long now() {
    return now;
  }

  /** Begins the next epoch, and asks the stores whose deadline it is to stop. */
  public synchronized void advance() {
    now++;
    Deadline next;
    for (Deadline each = buckets[bucket(now)]; each != null; each = next) {
      next = each.next;
      if (each.at <= now) {
        each.unlink();
        each.request.raise();
      }
    }
  }

  private static int bucket(long epoch) {
    return (int) (epoch & BUCKETS - 1);
  }

  /** A deadline that has come already. */
  public synchronized Deadline newDeadline(StopRequest request) {
    request.raise();
    return new Deadline(request, now);
  }

  /** When a store is to be asked to stop. */
  public final class Deadline {
    private final StopRequest request;

    // Guarded by the clock.
    private long at;
    private boolean linked;
    private @Nullable Deadline previous;
    private @Nullable Deadline next;

    private Deadline(StopRequest request, long at) {
      this.request = request;
      this.at = at;
    }

    /** Puts it {@code ticks} epochs from now, as an unsigned number; 0: it has come. */
    public void set(long ticks) {
      synchronized (EpochClock.this) {
        unlink();
        at = ticks < 0 || ticks > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + ticks;
        if (at <= now) {
          request.raise();
        } else {
          link();
        }
      }
    }

    /** Whether it has come. */
    public boolean isReached() {
      synchronized (EpochClock.this) {
        return at <= now;
      }
    }

    /** Forgets it. */
    public void close() {
      synchronized (EpochClock.this) {
        unlink();
        at = Long.MAX_VALUE;
      }
    }

    private void link() {
      Deadline first = buckets[bucket(at)];
      previous = null;
      next = first;
      if (first != null) {
        first.previous = this;
      }
      buckets[bucket(at)] = this;
      linked = true;
    }

    private void unlink() {
      if (!linked) {
        return;
      }
      linked = false;
      Deadline before = previous;
      Deadline after = next;
      if (after != null) {
        after.previous = before;
      }
      if (before != null) {
        before.next = after;
      } else {
        buckets[bucket(at)] = after;
      }
    }
  }
}
