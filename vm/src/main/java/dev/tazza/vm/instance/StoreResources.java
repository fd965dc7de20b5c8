package dev.tazza.vm.instance;

import dev.tazza.sys.NativeHeap;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is to be freed with a store, the newest first. It does not lead to the store, in any number
 * of steps: so it can be freed also when the store has become unreachable.
 *
 * <p>Filled by who uses the store, one thread at a time; closed by any.
 */
final class StoreResources implements Runnable {
  private final Deque<AutoCloseable> owned = new ArrayDeque<>(6);

  /** Adds what {@link #close} shall close. */
  void add(AutoCloseable resource) {
    owned.push(resource);
  }

  /** Zeroed memory that lives as long as the store. */
  long allocate(long bytes) {
    long address = NativeHeap.allocate(bytes);
    add(() -> NativeHeap.free(address));
    return address;
  }

  /**
   * Frees everything. What cannot be freed now does not keep the rest, and can be tried again.
   *
   * @throws IllegalStateException when something is left; all the reasons are in it
   */
  synchronized void close() {
    IllegalStateException failure = null;
    Deque<AutoCloseable> left = new ArrayDeque<>();
    AutoCloseable next = owned.poll();
    while (next != null) {
      try {
        next.close();
      } catch (Exception | Error e) {
        left.addLast(next);
        if (failure == null) {
          failure =
              new IllegalStateException(
                  "a part of the store could not be freed: " + e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
      next = owned.poll();
    }
    owned.addAll(left);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void run() {
    close();
  }
}
