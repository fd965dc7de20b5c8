package dev.tazza.bench;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.InstanceAllocationStrategy;
import dev.tazza.InstanceLimits;
import dev.tazza.InstancePre;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.PoolingConfig;
import dev.tazza.Store;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Prints what short-lived instances cost, from pools and on demand in turn, of a module with 1 MiB
 * of data; what a thousand live ones take; and whether many cycles of many threads leave anything.
 *
 * <pre>java -cp bench/target/benchmarks.jar dev.tazza.bench.PoolFigures [CYCLES]</pre>
 *
 * With {@code -Xms256m -Xmx256m -XX:+AlwaysPreTouch}, or the growth of Java's heap is counted as
 * the instances' memory. Times are of the thread's processor, in microseconds, of batches of 500:
 * least and median. {@code CYCLES} (100,000) is how often four threads, together, make, call and
 * close an instance.
 */
final class PoolFigures {
  private static final int BATCH = 500;
  private static final int ROUNDS = 200;
  private static final int THREADS = 4;

  /** Size of the pool that they share. */
  private static final int COUNT = 100;

  private static final int LIVE = 1000;

  private static final String MODULE =
      """
      (module
        (memory 17)
        (table 4 funcref)
        (elem (i32.const 0) func $f)
        (data (i32.const 1024) "%s")
        (func $f (export "f") (param i32 i32) (result i32)
          (i32.load (local.get 0))
          (i32.store (local.get 0) (local.get 1))))
      """
          .formatted("0123456789abcdef".repeat(1 << 16));

  /** What the data has at the address that guests write to, which is in its middle. */
  private static final int ADDRESS = 500_000;

  private static final int INITIAL = 0x33323130;

  private static final ThreadMXBean TIMES = ManagementFactory.getThreadMXBean();

  private PoolFigures() {}

  public static void main(String[] args) throws Exception {
    int cycles = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    costs();
    resident(); // the first time, much else is loaded and compiled
    System.out.printf(
        Locale.ROOT,
        "resident for each of %d instances that wrote to one page: %.1f KiB%n",
        LIVE,
        resident() / 1024);
    cycles(cycles, false);
    cycles(cycles, true);
  }

  private static Config pooling(int count) {
    PoolingConfig pooling = new PoolingConfig().instanceLimits(new InstanceLimits().count(count));
    return new Config().allocationStrategy(InstanceAllocationStrategy.pooling(pooling));
  }

  // Costs.

  /** An engine with its module. */
  private record Host(Engine engine, Module module, InstancePre<Void> prepared)
      implements AutoCloseable {
    static Host of(Config config) {
      Engine engine = new Engine(config);
      Module module = Module.compile(engine, MODULE);
      return new Host(engine, module, new Linker<Void>(engine).instantiatePre(module));
    }

    void store() {
      new Store<Void>(engine).close();
    }

    void instance() {
      try (Store<Void> store = new Store<>(engine)) {
        prepared.instantiate(store);
      }
    }

    void call() {
      try (Store<Void> store = new Store<>(engine)) {
        Object[] results = prepared.instantiate(store).func("f").call(ADDRESS, 1);
        check(results[0], INITIAL);
      }
    }

    @Override
    public void close() {
      module.close();
      engine.close();
    }
  }

  private static void check(Object found, int expected) {
    if (!found.equals(expected)) {
      throw new IllegalStateException("found " + found + " in place of " + expected);
    }
  }

  private static void costs() throws Exception {
    try (Host pooled = Host.of(pooling(LIVE));
        Host onDemand = Host.of(new Config())) {
      String[] names = {"store", "store, instance", "store, instance, call"};
      List<List<Runnable>> steps =
          List.of(
              List.of(pooled::store, pooled::instance, pooled::call),
              List.of(onDemand::store, onDemand::instance, onDemand::call));
      double[][][] times = new double[2][names.length][ROUNDS];
      for (int round = -ROUNDS; round < ROUNDS; round++) {
        for (int step = 0; step < names.length; step++) {
          for (int host = 0; host < 2; host++) {
            double time = time(steps.get(host).get(step));
            if (round >= 0) { // else it is for warming up
              times[host][step][round] = time;
            }
          }
        }
      }
      for (int step = 0; step < names.length; step++) {
        print(names[step] + ", pooled", times[0][step]);
        print(names[step] + ", on demand", times[1][step]);
      }
      System.out.printf(
          Locale.ROOT,
          "rate of two threads: pooled %.2f of one, on demand %.2f%n",
          rateOfTwo(pooled),
          rateOfTwo(onDemand));
    }
  }

  private static double time(Runnable step) {
    long start = TIMES.getCurrentThreadCpuTime();
    for (int i = 0; i < BATCH; i++) {
      step.run();
    }
    return (TIMES.getCurrentThreadCpuTime() - start) / 1e3 / BATCH;
  }

  private static void print(String name, double[] times) {
    Arrays.sort(times);
    System.out.printf(
        Locale.ROOT, "%-34s %.2f µs, median %.2f%n", name, times[0], times[times.length / 2]);
  }

  /**
   * By the processor time that each needs while the other is there; the last of some times, for the
   * JVM compiles again what it thought that one thread does.
   */
  private static double rateOfTwo(Host host) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      double rate = 0;
      for (int i = 0; i < 10; i++) {
        double alone = median(host);
        List<Callable<Double>> tasks = List.of(() -> median(host), () -> median(host));
        rate = 0;
        for (Future<Double> done : threads.invokeAll(tasks)) {
          rate += alone / done.get();
        }
      }
      return rate;
    }
  }

  private static double median(Host host) {
    double[] times = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      times[i] = time(host::call);
    }
    Arrays.sort(times);
    return times[ROUNDS / 2];
  }

  // Memory.

  /** Bytes that are resident for each of many instances, each of which has written to one page. */
  private static double resident() throws IOException {
    try (Host host = Host.of(pooling(LIVE))) {
      host.call();
      List<Store<Void>> stores = new ArrayList<>();
      long before = writtenTo();
      for (int i = 0; i < LIVE; i++) {
        Store<Void> store = new Store<>(host.engine);
        stores.add(store);
        host.prepared.instantiate(store).func("f").call(ADDRESS, i);
      }
      long after = writtenTo();
      stores.forEach(Store::close);
      return (double) (after - before) / LIVE;
    }
  }

  /** Bytes of memory of this process that are resident and no file's. */
  private static long writtenTo() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssAnon:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IllegalStateException("no RssAnon in /proc/self/status");
  }

  // Cycles.

  private static void cycles(int cycles, boolean async) throws Exception {
    try (Host host = Host.of(pooling(COUNT).asyncSupport(async));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<double[]>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int mark = i + 1;
        tasks.add(() -> cycles(host, mark, cycles / THREADS, async));
      }
      int mappings = mappings();
      long start = System.nanoTime();
      double first = 0;
      double last = 0;
      for (Future<double[]> done : threads.invokeAll(tasks)) {
        first += done.get()[0] / THREADS;
        last += done.get()[1] / THREADS;
      }
      System.out.printf(
          Locale.ROOT,
          "%d cycles of %d threads%s: %.1f s; the second tenth %.2f µs each, the last %.2f;"
              + " %d mappings more; %s%n",
          cycles,
          THREADS,
          async ? ", asynchronous" : "",
          (System.nanoTime() - start) / 1e9,
          first,
          last,
          mappings() - mappings,
          host.engine.poolMetrics());
    }
  }

  private static int mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).size();
  }

  /** An instance that is open, and what it has in its memory. */
  private record Tenant(Store<Void> store, Func swap, int mark) {
    /** Looks whether that is still so. */
    void leave(boolean async) throws Exception {
      check(call(swap, async, 0), mark);
      store.close();
    }
  }

  /** The time of a cycle in the second tenth, and in the last. Keeps its share of the pool open. */
  private static double[] cycles(Host host, int thread, int cycles, boolean async)
      throws Exception {
    Deque<Tenant> open = new ArrayDeque<>();
    long[] times = new long[11];
    for (int tenth = 0; tenth < 10; tenth++) {
      times[tenth] = System.nanoTime();
      for (int i = 0; i < cycles / 10; i++) {
        if (open.size() == COUNT / THREADS) {
          open.remove().leave(async);
        }
        Store<Void> store = new Store<>(host.engine);
        Func swap = host.prepared.instantiate(store).func("f");
        Tenant tenant = new Tenant(store, swap, thread << 24 | i);
        check(call(swap, async, tenant.mark), INITIAL);
        open.add(tenant);
      }
    }
    times[10] = System.nanoTime();
    while (!open.isEmpty()) {
      open.remove().leave(async);
    }
    double tenth = 1e3 * (cycles / 10);
    return new double[] {(times[2] - times[1]) / tenth, (times[10] - times[9]) / tenth};
  }

  private static Object call(Func swap, boolean async, int mark) throws Exception {
    return async
        ? swap.callAsync(ADDRESS, mark).get(1, TimeUnit.MINUTES)[0]
        : swap.call(ADDRESS, mark)[0];
  }
}
