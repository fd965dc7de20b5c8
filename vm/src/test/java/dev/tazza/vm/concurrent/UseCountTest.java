package dev.tazza.vm.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UseCountTest {
  @Test
  void itIsOverWithTheLast() {
    UseCount uses = new UseCount();
    assertTrue(uses.retain());
    assertFalse(uses.release());
    assertTrue(uses.retain());
    assertFalse(uses.disown());
    assertTrue(uses.retain(), "there is a use still");
    assertFalse(uses.release());
    assertTrue(uses.release());
    assertFalse(uses.retain());
    assertFalse(uses.disown());
    UseCount unused = new UseCount();
    assertTrue(unused.disown());
    assertFalse(unused.retain());
  }

  /**
   * While the owner leaves, others begin and end uses: it is over once, and nobody has a use then.
   */
  @Test
  void itIsOverOnce() throws Exception {
    int threads = 4;
    CyclicBarrier together = new CyclicBarrier(threads);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int round = 0; round < 300; round++) {
        UseCount uses = new UseCount();
        AtomicInteger ends = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Callable<@Nullable Void> user =
            () -> {
              together.await();
              for (int i = 0; i < 200 && uses.retain(); i++) {
                assertFalse(over.get());
                if (uses.release()) {
                  over.set(true);
                  ends.incrementAndGet();
                }
              }
              return null;
            };
        Callable<@Nullable Void> owner =
            () -> {
              together.await();
              if (uses.disown()) {
                over.set(true);
                ends.incrementAndGet();
              }
              return null;
            };
        for (Future<?> done : executor.invokeAll(List.of(user, owner, user, user))) {
          done.get();
        }
        assertEquals(1, ends.get(), "round " + round);
        assertFalse(uses.retain());
      }
    }
  }
}
