package dev.tazza.vm.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.Os;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final int THRESHOLD = 10;

  private final Ownership ownership = new Ownership(THRESHOLD);

  private void use(int times) {
    for (int i = 0; i < times; i++) {
      ownership.enter();
      ownership.leave();
    }
  }

  private void lease() {
    use(10 * THRESHOLD);
    ownership.enter();
    assertEquals(Os.host().canFenceThreads(), ownership.isLeased());
    ownership.leave();
  }

  private static void onAnother(Runnable action) throws InterruptedException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(action);
    thread.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
    thread.start();
    thread.join();
    if (failure.get() instanceof Throwable thrown) {
      throw new AssertionError("on another thread", thrown);
    }
  }

  private void refusesOthers(String why) throws InterruptedException {
    onAnother(() -> {
      var refused = assertThrows(IllegalStateException.class, ownership::enter);
      assertTrue(refused.getMessage().contains(why), refused.getMessage());
    });
  }

  @Test
  void usesNest() throws InterruptedException {
    for (int round = 0; round < 2; round++) {
      ownership.enter();
      assertEquals(2, ownership.enter().depth);
      ownership.leave();
      refusesOthers("another thread");
      ownership.leave();
      onAnother(() -> use(1));
      lease();
    }
  }

  @Test
  void aLeaseIsTakenOverWhenTheStoreIsNotInUse() throws InterruptedException {
    lease();
    onAnother(() -> {
      assertFalse(ownership.enter().thread == Thread.currentThread());
      assertFalse(ownership.isLeased());
      ownership.leave();
    });
    use(1);
  }

  @Test
  void aLeaseInUseIsRefusedAndCanBeTakenAfterwards() throws InterruptedException {
    lease();
    ownership.enter();
    refusesOthers("another thread");
    ownership.enter();
    ownership.leave();
    refusesOthers("another thread");
    ownership.leave();
    // The lease is revoked, but the store is still this thread's as long as nobody takes it.
    use(1);
    ownership.enter();
    assertFalse(ownership.isLeased());
    ownership.leave();
    onAnother(() -> use(1));
  }

  @Test
  void eachRevocationDoublesWhatTheNextLeaseTakes() throws InterruptedException {
    if (!Os.host().canFenceThreads()) {
      return;
    }
    for (int threshold = THRESHOLD; threshold < 20 * THRESHOLD; threshold *= 2) {
      use(threshold - 1);
      ownership.enter();
      assertFalse(ownership.isLeased());
      ownership.leave();
      ownership.enter();
      assertTrue(ownership.isLeased());
      ownership.leave();
      onAnother(() -> use(1));
    }
  }

  @Test
  void nobodyEntersAClosedStore() throws InterruptedException {
    for (boolean leased : new boolean[] {false, true}) {
      Ownership closed = new Ownership(THRESHOLD);
      for (int i = 0; leased && i < THRESHOLD + 2; i++) {
        closed.enter();
        closed.leave();
      }
      closed.enter();
      closed.close();
      Runnable refused =
          () -> {
            var thrown = assertThrows(IllegalStateException.class, closed::enter);
            assertEquals("the store is closed", thrown.getMessage());
          };
      refused.run();
      onAnother(refused);
    }
  }

  /** Leases are given and taken all the time, and never are two threads inside. */
  @Test
  void mutualExclusion() throws Exception {
    long end = System.nanoTime() + 1_000_000_000 * Long.getLong("stress.seconds", 1);
    for (int threads = 2; System.nanoTime() < end; threads = threads % 4 + 1) {
      new Fight(Math.max(threads, 2), threads == 4).run();
    }
  }

  /** Threads that go through the same row of stores at the same time. */
  private static final class Fight {
    private static final int STORES = 400;
    private static final int TRIES = 60;

    private final int threads;
    private final boolean virtual;
    private final Contended[] stores = new Contended[STORES];
    private final AtomicLong entered = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CyclicBarrier together;

    Fight(int threads, boolean virtual) {
      this.threads = threads;
      this.virtual = virtual;
      this.together = new CyclicBarrier(threads);
      for (int i = 0; i < STORES; i++) {
        stores[i] = new Contended();
      }
    }

    void run() throws InterruptedException {
      CountDownLatch done = new CountDownLatch(threads);
      List<Thread> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        Runnable work =
            () -> {
              try {
                fight(number);
              } catch (Throwable thrown) {
                failure.set(thrown);
              } finally {
                done.countDown();
              }
            };
        running.add(virtual ? Thread.ofVirtual().start(work) : Thread.ofPlatform().start(work));
      }
      done.await();
      for (Thread thread : running) {
        thread.join();
      }
      if (failure.get() instanceof Throwable thrown) {
        throw new AssertionError("a thread failed", thrown);
      }
      long counted = 0;
      for (Contended store : stores) {
        assertEquals(0, store.overlaps);
        counted += store.count;
      }
      assertEquals(entered.get(), counted);
    }

    private void fight(int number) throws Exception {
      long mine = 0;
      for (int i = 0; i < STORES; i++) {
        if (i % 50 == 0) {
          together.await();
        }
        // One of them uses the store most of the time and so gets leases.
        int tries = (i + number) % threads == 0 ? TRIES : 3;
        for (int j = 0; j < tries; j++) {
          mine += stores[i].tryToUse() ? 1 : 0;
        }
      }
      entered.addAndGet(mine);
    }
  }

  /** A store and what only its user may touch: plain fields, on purpose. */
  private static final class Contended {
    private final Ownership ownership = new Ownership(1);
    private boolean inside;
    int overlaps;
    long count;

    boolean tryToUse() {
      try {
        ownership.enter();
      } catch (IllegalStateException inUse) {
        return false;
      }
      if (inside) {
        overlaps++;
      }
      inside = true;
      long seen = count;
      Thread.onSpinWait();
      count = seen + 1;
      inside = false;
      ownership.leave();
      return true;
    }
  }
}
