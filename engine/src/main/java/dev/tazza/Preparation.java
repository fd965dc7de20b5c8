package dev.tazza;

import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import dev.tazza.sys.Unloading;
import dev.tazza.vm.call.TrapSignals;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.vm.memory.MemoryPlan;
import dev.tazza.vm.memory.MemoryRegions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way to native code, and what it is used for once in a process: mostly the linking of method
 * handles, which the JVM does anew in every process.
 */
final class Preparation extends Thread {
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  private final boolean handlers;

  private Preparation(boolean handlers) {
    super("tazza-prepare");
    this.handlers = handlers;
    setDaemon(true);
  }

  /**
   * Begins on another thread, once. Whoever needs the outcome meets it in {@link #require}.
   *
   * @param handlers whether signal handlers are needed, too
   */
  static void begin(boolean handlers) {
    if (BEGUN.compareAndSet(false, true)) {
      new Preparation(handlers).start();
    }
  }

  @Override
  public void run() {
    try {
      // Before any class is initialized that could not be: an engine has to meet this as well.
      Os.host();
    } catch (UnsupportedOperationException refused) {
      return; // require() says why
    }
    Outcome.await();
    if (handlers) {
      Handlers.await();
    }
  }

  /**
   * Returns when all is done that code needs to be made.
   *
   * @throws UnsupportedOperationException when it cannot be done here; the same each time
   */
  static void require() {
    Os.host();
    check(Outcome.await());
  }

  /**
   * Returns when all is done that guest code needs to run.
   *
   * @param handlers whether it needs the handlers for its faults
   * @throws UnsupportedOperationException when it cannot be done here; the same each time
   */
  static void require(boolean handlers) {
    Os.host(); // or NativeMemory could not be initialized
    NativeMemory.link(); // while native calls are being linked, if they are
    require();
    if (handlers) {
      check(Handlers.await());
    }
  }

  private static void check(@Nullable Throwable failure) {
    if (failure != null) {
      throw new UnsupportedOperationException(
          "native code cannot be run in this process: " + firstCause(failure), failure);
    }
  }

  /** What stood in the way, not which classes that left without use. */
  static String firstCause(Throwable failure) {
    Throwable cause = failure.getCause();
    if (failure instanceof LinkageError && cause != null) {
      return firstCause(cause);
    }
    // A system call's error is a sentence by itself.
    return failure instanceof SysException refused
        ? String.valueOf(refused.getMessage())
        : failure.toString();
  }

  /** Initialized by the first thread that comes; the others wait, as for any class. */
  private static final class Outcome {
    private static final @Nullable Throwable FAILURE = prepare();

    private static @Nullable Throwable prepare() {
      try {
        TrapSignals.prepare();
        if (Unloading.isPossible()) {
          loadWhatReclaims();
        }
        return null;
      } catch (RuntimeException | LinkageError e) {
        return e;
      }
    }

    /**
     * What is reclaimed last may be so when the class loader is closed: no class may be missing
     * then.
     */
    private static void loadWhatReclaims() {
      long bytes = Os.host().pageSize();
      try (MemoryRegions regions = new MemoryRegions(1);
          LinearMemory memory =
              new LinearMemory(regions, MemoryPlan.fixed(bytes, bytes, bytes, 0, 0), null, null)) {
        memory.grow(bytes);
      }
    }

    /** Null when all went well. */
    static @Nullable Throwable await() {
      return FAILURE;
    }
  }

  /** As {@link Outcome}. */
  private static final class Handlers {
    private static final @Nullable Throwable FAILURE = prepare();

    private static @Nullable Throwable prepare() {
      try {
        TrapSignals.install();
        return null;
      } catch (RuntimeException | LinkageError e) {
        return e;
      }
    }

    /** Null when all went well. */
    static @Nullable Throwable await() {
      return FAILURE;
    }
  }
}
