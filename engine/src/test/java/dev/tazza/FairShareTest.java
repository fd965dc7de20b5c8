package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/**
 * A scheduler for many tenants on few threads: the executor is a queue, a tenant that computes has
 * its turn until the epoch ends, one that waits for the host is not in the queue at all.
 */
class FairShareTest {
  private static final int TENANTS = 1000;
  private static final int THREADS = 2;

  /** How many turns each has at least. */
  private static final int TURNS = 6;

  private static final String TENANT = "(module (func (export \"work\") (loop (br 0))))";

  @Test
  void eachTenantHasItsShare() throws InterruptedException {
    AtomicIntegerArray turns = new AtomicIntegerArray(TENANTS);
    CountDownLatch enough = new CountDownLatch(TENANTS);
    List<Store<Integer>> stores = new ArrayList<>();
    List<CompletableFuture<Object[]>> calls = new ArrayList<>();
    Config config = new Config().asyncSupport(true).epochInterruption(true).maxWasmStack(16 << 10);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TENANT);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      Linker<Integer> linker = new Linker<>(engine);
      for (int i = 0; i < TENANTS; i++) {
        int tenant = i;
        Store<Integer> store = new Store<>(engine, tenant);
        store.setExecutor(turn ->
            threads.execute(() -> {
              if (turns.incrementAndGet(tenant) == TURNS) {
                enough.countDown();
              }
              turn.run();
            }));
        store.setEpochDeadline(1);
        store.epochDeadlineAsyncYieldAndUpdate(1);
        stores.add(store);
        calls.add(linker.instantiate(store, module).func("work").callAsync());
      }
      try (EpochTicker _ = engine.startEpochTicker(Duration.ofNanos(200_000))) {
        enough.await();
      }
      int most = 0;
      for (int i = 0; i < TENANTS; i++) {
        most = Math.max(most, turns.get(i));
      }
      calls.forEach(call -> call.cancel(true));
      threads.shutdown();
      assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
      assertTrue(most <= TURNS * 1.2, "one had " + most + " turns before all had " + TURNS);
      assertEquals(TENANTS, calls.stream().filter(CompletableFuture::isCancelled).count());
      stores.forEach(Store::close);
    }
  }

  /** Nanoseconds of processor time that a tenant gets on average. */
  private static final long SHARE = 4_000_000;

  /**
   * So many of the tenants have no more than their share either. On a loaded machine the ticker is
   * late now and then: a turn that was too long is made up for, but some may not be yet.
   */
  private static final double FAIR = 0.75;

  @Test
  void eachTenantHasItsShareOfTime() throws InterruptedException {
    Config config = new Config().asyncSupport(true).epochInterruption(true).maxWasmStack(16 << 10);
    List<Store<Integer>> stores = new ArrayList<>();
    List<FairScheduler.Account> accounts = new ArrayList<>();
    List<CompletableFuture<Object[]>> calls = new ArrayList<>();
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TENANT)) {
      try (EpochTicker _ = engine.startEpochTicker(Duration.ofNanos(250_000));
          FairScheduler scheduler = new FairScheduler(THREADS)) {
        Linker<Integer> linker = new Linker<>(engine);
        for (int i = 0; i < TENANTS; i++) {
          Store<Integer> store = new Store<>(engine, i);
          FairScheduler.Account account = scheduler.new Account();
          store.setExecutor(account);
          store.setEpochDeadline(1);
          store.epochDeadlineAsyncYieldAndUpdate(1);
          stores.add(store);
          accounts.add(account);
          calls.add(linker.instantiate(store, module).func("work").callAsync());
        }
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (used(accounts) < TENANTS * SHARE && System.nanoTime() < end) {
          TimeUnit.MILLISECONDS.sleep(20);
        }
        long[] used = accounts.stream().mapToLong(FairScheduler.Account::used).sorted().toArray();
        calls.forEach(call -> call.cancel(true));
        double share = used[TENANTS / 2];
        double most = used[(int) (FAIR * TENANTS)];
        String shares =
            "%d to %.0f to %.0f ns, %d".formatted(used[0], share, most, used[TENANTS - 1]);
        assertTrue(used[0] >= 0.8 * share && most <= 1.2 * share, shares);
      }
      stores.forEach(Store::close);
    }
  }

  private static long used(List<FairScheduler.Account> accounts) {
    return accounts.stream().mapToLong(FairScheduler.Account::used).sum();
  }
}
