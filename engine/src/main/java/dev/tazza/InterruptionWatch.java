package dev.tazza;

import dev.tazza.vm.instance.VmStore;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks for stores whose thread was interrupted, since nobody tells when that happens to one that
 * runs guest code. Its daemon thread is there while there are stores. Thread-safe.
 */
final class InterruptionWatch {
  static final long PERIOD_MILLIS = 2;

  private static final long PERIOD = PERIOD_MILLIS * 1_000_000;

  private final List<WeakReference<VmStore>> stores = new ArrayList<>(); // guarded by this
  private boolean running; // guarded by this

  /** Watches a store until it is closed or no longer reachable. */
  synchronized void add(VmStore store) {
    stores.add(new WeakReference<>(store));
    if (!running) {
      running = true;
      Thread.ofPlatform().daemon().name("tazza-interrupts").start(this::run);
    }
  }

  private void run() {
    while (look()) {
      LockSupport.parkNanos(this, PERIOD);
    }
  }

  private synchronized boolean look() {
    stores.removeIf(reference -> {
      VmStore store = reference.get();
      if (store == null || store.isClosed()) {
        return true;
      }
      Thread user = store.calls().user();
      if (user != null && user.isInterrupted()) {
        store.stop().raise();
      }
      return false;
    });
    running = !stores.isEmpty();
    return running;
  }
}
