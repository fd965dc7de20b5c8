package dev.tazza;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Prints which shares of the processor 1,000 tenants get on two threads that a {@link
 * FairScheduler} gives out: how many have theirs within 20 %, and percentiles. Arguments: seconds
 * (20), how long an epoch is in microseconds (250).
 *
 * <pre>java … dev.tazza.FairShareFigures [SECONDS [MICROS]]</pre>
 */
final class FairShareFigures {
  private static final int TENANTS = 1000;
  private static final int THREADS = 2;

  private FairShareFigures() {}

  public static void main(String[] args) throws InterruptedException {
    long seconds = args.length > 0 ? Long.parseLong(args[0]) : 20;
    long micros = args.length > 1 ? Long.parseLong(args[1]) : 250;
    long[] used = measure(seconds, Duration.ofNanos(micros * 1000));
    double share = 0;
    for (long each : used) {
      share += (double) each / TENANTS;
    }
    int fair = 0;
    for (long each : used) {
      fair += each >= 0.8 * share && each <= 1.2 * share ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "%d tenants, %d threads, %d s, epochs of %d us: a share is %.2f ms; within 20 %% of it:"
            + " %d%n",
        TENANTS,
        THREADS,
        seconds,
        micros,
        share / 1e6,
        fair);
    for (double part : new double[] {0, 0.01, 0.1, 0.5, 0.9, 0.99, 1}) {
      long at = used[(int) (part * (TENANTS - 1))];
      System.out.printf(Locale.ROOT, "  %5.1f %%: %.3f of a share%n", part * 100, at / share);
    }
  }

  /** Nanoseconds that each has got, the least first. */
  private static long[] measure(long seconds, Duration epoch) throws InterruptedException {
    Config config = new Config().asyncSupport(true).epochInterruption(true).maxWasmStack(16 << 10);
    List<FairScheduler.Account> accounts = new ArrayList<>();
    List<Store<Void>> stores = new ArrayList<>();
    List<CompletableFuture<Object[]>> calls = new ArrayList<>();
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, "(module (func (export \"work\") (loop (br 0))))")) {
      long[] used;
      try (EpochTicker _ = engine.startEpochTicker(epoch);
          FairScheduler scheduler = new FairScheduler(THREADS)) {
        for (int i = 0; i < TENANTS; i++) {
          Store<Void> store = new Store<>(engine);
          FairScheduler.Account account = scheduler.new Account();
          store.setExecutor(account);
          store.setEpochDeadline(1);
          store.epochDeadlineAsyncYieldAndUpdate(1);
          stores.add(store);
          accounts.add(account);
          calls.add(new Linker<Void>(engine).instantiate(store, module).func("work").callAsync());
        }
        TimeUnit.SECONDS.sleep(seconds);
        used = accounts.stream().mapToLong(FairScheduler.Account::used).sorted().toArray();
        calls.forEach(call -> call.cancel(true));
      }
      stores.forEach(Store::close);
      return used;
    }
  }
}
