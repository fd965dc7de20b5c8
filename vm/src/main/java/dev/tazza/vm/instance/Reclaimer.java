package dev.tazza.vm.instance;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Frees what became unreachable without having been closed, on a thread of its own, and says so if
 * it was asked to. One per engine. Thread-safe.
 */
public final class Reclaimer {
  /** A power of two. */
  private static final int CLEANERS = 4;

  /**
   * Each has a lock that every registration takes, and a thread: so a few, one made when a thread
   * first needs it.
   */
  private static final AtomicReferenceArray<@Nullable Cleaner> OF_THREADS =
      new AtomicReferenceArray<>(CLEANERS);

  private final boolean reports;

  /**
   * Creates one.
   *
   * @param reports whether to note where things are made, which takes a stack trace each, and to
   *     name the place in a warning to the logger {@code dev.tazza} when they were not closed
   */
  public Reclaimer(boolean reports) {
    this.reports = reports;
  }

  /**
   * Sees to it that something is freed.
   *
   * @param owner when this is unreachable it is time
   * @param what the owner, as a warning names it
   * @param free frees it; must not lead to the owner
   */
  public Handle register(Object owner, String what, Runnable free) {
    Handle handle = new Handle(what, free, reports ? new Throwable("made here") : null);
    handle.cleanable = cleaner().register(owner, handle);
    return handle;
  }

  private static Cleaner cleaner() {
    int place = (int) Thread.currentThread().threadId() & CLEANERS - 1;
    Cleaner known = OF_THREADS.get(place);
    return known != null ? known : newCleaner(place);
  }

  private static synchronized Cleaner newCleaner(int place) {
    Cleaner known = OF_THREADS.get(place);
    if (known == null) {
      known = Cleaner.create();
      OF_THREADS.set(place, known);
    }
    return known;
  }

  /** That something will be freed. */
  public static final class Handle implements Runnable {
    private final String what;
    private final Runnable free;
    private final @Nullable Throwable made;
    private boolean closed;
    private Cleaner.@Nullable Cleanable cleanable;

    private Handle(String what, Runnable free, @Nullable Throwable made) {
      this.what = what;
      this.free = free;
      this.made = made;
    }

    /** The owner was closed: there is nothing to do any more. */
    public void close() {
      closed = true;
      Cleaner.Cleanable registered = cleanable;
      if (registered != null) {
        registered.clean();
      }
    }

    /** For the cleaner. */
    @Override
    public void run() {
      if (closed) {
        return;
      }
      try {
        free.run();
        if (made != null) {
          log(what + " was not closed before it became unreachable", made);
        }
      } catch (RuntimeException | Error e) {
        log(what + " was not closed, and could not be freed", e);
      }
    }

    private static void log(String message, Throwable thrown) {
      System.getLogger("dev.tazza").log(System.Logger.Level.WARNING, message, thrown);
    }
  }
}
