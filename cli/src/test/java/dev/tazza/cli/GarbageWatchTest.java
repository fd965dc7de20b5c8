package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GarbageWatchTest {
  private static boolean isWatching() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(GarbageWatch.THREAD));
  }

  @Test
  @Timeout(120)
  void whatIsNotUsedIsCollected() throws InterruptedException {
    try (GarbageWatch _ = new GarbageWatch(1, true)) {
      // Nothing is allocated here that would have the JVM collect by itself.
      WeakReference<Object> unused = new WeakReference<>(new Object());
      while (unused.get() != null) {
        Thread.sleep(10);
      }
    }
  }

  @Test
  @Timeout(120)
  void itIsForLargeModules() throws InterruptedException {
    while (isWatching()) {
      Thread.sleep(1); // what another test has ended
    }
    try (GarbageWatch watch = GarbageWatch.ofCompilation(1 << 20)) {
      assertNotNull(watch);
      assertFalse(isWatching());
    }
    try (GarbageWatch watch = GarbageWatch.ofCompilation(100 << 20)) {
      assertNotNull(watch);
      assertTrue(isWatching());
    }
  }
}
