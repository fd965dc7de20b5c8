package dev.tazza.vm.instance;

import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * Frees what became unreachable without having been closed, on a thread of its own, and says so if
 * it was asked to. One per engine. Thread-safe.
 */
public final class Reclaimer {
  private static final Cleaner CLEANER = Cleaner.create();

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
    handle.cleanable = CLEANER.register(owner, handle);
    return handle;
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
