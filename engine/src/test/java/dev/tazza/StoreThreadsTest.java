package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores and several threads: one after the other, and those that do not wait for each other. */
class StoreThreadsTest {
  /** So many calls in a row give a thread a lease of the store. */
  private static final int CALLS_FOR_A_LEASE = 1200;

  /** Traps when two are inside; counts, in a way that loses counts when two are inside. */
  private static final String TEXT =
      """
      (module
        (import "h" "twice" (func $twice (param i32) (result i32)))
        (import "h" "wait" (func $wait))
        (global $inside (mut i32) (i32.const 0))
        (memory 1)
        (func (export "count") (param $spins i32) (result i32) (local $seen i32)
          (if (global.get $inside) (then unreachable))
          (global.set $inside (i32.const 1))
          (local.set $seen (i32.load (i32.const 8)))
          (if (local.get $spins) (then
            (loop $again
              (br_if $again (local.tee $spins (i32.sub (local.get $spins) (i32.const 1)))))))
          (i32.store (i32.const 8) (i32.add (local.get $seen) (i32.const 1)))
          (global.set $inside (i32.const 0))
          (local.get $seen))
        (func (export "out") (param i32) (result i32) (call $twice (local.get 0)))
        (func (export "wait") (call $wait)))
      """;

  private final Engine engine = new Engine();
  private final Module module = Module.compile(engine, TEXT);
  private final Linker<Guest> linker = new Linker<>(engine);

  StoreThreadsTest() {
    linker.func("h", "wait", Runnable.class, () -> {});
    linker.func("h", "twice", IntUnaryOperator.class, x -> 2 * x);
  }

  @AfterEach
  void close() {
    module.close();
    engine.close();
  }

  /** A store with its functions. */
  private static final class Guest implements AutoCloseable {
    final Store<Guest> store;
    private final IntUnaryOperator count;
    final IntUnaryOperator out;
    final Runnable wait;

    Guest(Linker<Guest> linker, Engine engine, Module module) {
      store = new Store<>(engine);
      Instance instance = linker.instantiate(store, module);
      count = instance.func("count").as(IntUnaryOperator.class);
      out = instance.func("out").as(IntUnaryOperator.class);
      wait = instance.func("wait").as(Runnable.class);
    }

    /** How often this was called before. */
    int count(int spins) {
      return count.applyAsInt(spins);
    }

    void lease() {
      for (int i = 0; i < CALLS_FOR_A_LEASE; i++) {
        assertEquals(2 * i, out.applyAsInt(i));
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private Guest guest() {
    return new Guest(linker, engine, module);
  }

  private static <T> T on(ExecutorService thread, java.util.concurrent.Callable<T> action)
      throws Exception {
    return thread.submit(action).get();
  }

  private static void refused(Runnable action, String why) {
    var thrown = assertThrows(IllegalStateException.class, action::run);
    assertTrue(thrown.getMessage().contains(why), thrown.getMessage());
  }

  private static ThreadFactory threads(boolean virtual) {
    return virtual ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStoreGoesFromThreadToThread(boolean virtual) throws Exception {
    try (Guest guest = guest();
        ExecutorService first = Executors.newSingleThreadExecutor(threads(virtual));
        ExecutorService second = Executors.newSingleThreadExecutor(threads(virtual))) {
      int expected = 0;
      for (int round = 0; round < 8; round++) {
        int calls = round % 2 == 0 ? 3 : CALLS_FOR_A_LEASE << round / 2;
        for (ExecutorService thread : List.of(first, second)) {
          for (int i = 0; i < calls; i++) {
            assertEquals(expected++, on(thread, () -> guest.count(0)));
          }
        }
      }
    }
  }

  @Test
  void threadsThatEndLeaveTheirLeases() throws Exception {
    try (Guest guest = guest()) {
      for (int round = 0; round < 4; round++) {
        Thread thread = new Thread(guest::lease);
        thread.start();
        thread.join();
        assertEquals(round, guest.count(1));
      }
    }
  }

  @Test
  void whoTriesWhileAGuestRunsIsRefused() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    linker.allowShadowing(true);
    linker.func(
        "h",
        "wait",
        Runnable.class,
        () -> {
          inside.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    try (Guest guest = guest();
        ExecutorService owner = Executors.newSingleThreadExecutor()) {
      Future<?> running =
          owner.submit(() -> {
            guest.lease();
            guest.wait.run();
            // Revoked while inside: the store is still this thread's.
            guest.lease();
          });
      inside.await();
      refused(() -> guest.count(0), "another thread");
      refused(guest::close, "another thread");
      go.countDown();
      running.get();
      assertEquals(0, guest.count(0));
    }
  }

  @Test
  void hostFunctionsOfALeasedStoreMayCallAgainAndThrow() {
    linker.allowShadowing(true);
    Guest[] self = new Guest[1];
    linker.func(
        "h",
        "twice",
        IntUnaryOperator.class,
        x -> {
          if (x < 0) {
            refused(self[0]::close, "closed by what runs in it");
            throw new UnsupportedOperationException("negative");
          }
          return x == 0 ? 0 : 2 + self[0].out.applyAsInt(x - 1);
        });
    try (Guest guest = guest()) {
      self[0] = guest;
      for (int i = 0; i < CALLS_FOR_A_LEASE; i++) {
        assertEquals(6, guest.out.applyAsInt(3));
        assertThrows(UnsupportedOperationException.class, () -> guest.out.applyAsInt(-1));
      }
    }
  }

  @Test
  void aLeasedStoreIsClosedByAnotherThread() throws Exception {
    try (ExecutorService owner = Executors.newSingleThreadExecutor()) {
      for (int round = 0; round < 20; round++) {
        Guest guest = guest();
        owner.submit(guest::lease).get();
        guest.close();
        guest.close();
        refused(() -> guest.count(0), "closed");
        owner.submit(() -> refused(() -> guest.count(0), "closed")).get();
      }
    }
  }

  /** Threads fight over stores, and one closes each while the others still try. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onlyOneIsInside(boolean virtual) throws Exception {
    long end = System.nanoTime() + 1_000_000_000 * Long.getLong("stress.seconds", 1);
    int threads = 3;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads, threads(virtual))) {
      for (int round = 0; System.nanoTime() < end; round++) {
        Guest guest = guest();
        int spins = round % 3 * 20;
        AtomicInteger counted = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          int tries = i == 0 ? 3 * CALLS_FOR_A_LEASE : 50;
          int pause = i == 0 ? 0 : 2000;
          running.add(
              pool.submit(() -> {
                fight(guest, tries, pause, spins, counted);
              }));
        }
        for (Future<?> each : running) {
          each.get();
        }
        assertEquals(counted.get(), guest.count(0));
        SynchronousQueue<Boolean> started = new SynchronousQueue<>();
        Future<?> user = pool.submit(() -> useUntilClosed(guest, started));
        started.take();
        closeInSpiteOf(guest);
        user.get();
      }
    }
  }

  private static void fight(Guest guest, int tries, int pause, int spins, AtomicInteger counted) {
    int successes = 0;
    for (int i = 0; i < tries; i++) {
      for (int j = 0; j < pause; j++) {
        Thread.onSpinWait();
      }
      try {
        guest.count(spins);
        successes++;
      } catch (IllegalStateException inUse) {
        assertTrue(inUse.getMessage().contains("another thread"), inUse.getMessage());
      }
    }
    counted.addAndGet(successes);
  }

  private static void useUntilClosed(Guest guest, SynchronousQueue<Boolean> started) {
    guest.lease();
    boolean told = false;
    while (true) {
      try {
        guest.count(0);
      } catch (IllegalStateException refused) {
        if (refused.getMessage().contains("closed")) {
          return;
        }
      }
      if (!told) {
        told = started.offer(true);
      }
    }
  }

  private static void closeInSpiteOf(Guest guest) {
    while (true) {
      try {
        guest.close();
        return;
      } catch (IllegalStateException inUse) {
        Thread.onSpinWait();
      }
    }
  }
}
