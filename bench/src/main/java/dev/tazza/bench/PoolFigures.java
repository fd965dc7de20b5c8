package dev.tazza.bench;

import com.sun.management.OperatingSystemMXBean;
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
import java.util.stream.Collectors;

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

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

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

  /**
   * Prints the time of a cycle and the mappings that have come, after each tenth and at the end.
   */
  private static void cycles(int cycles, boolean async) throws Exception {
    try (Host host = Host.of(pooling(COUNT).asyncSupport(async));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Guest> guests = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        guests.add(new Guest(host, i + 1, async));
      }
      int before = mappings();
      double[] times = new double[10];
      double[] processor = new double[10];
      int[] mappings = new int[10];
      for (int tenth = 0; tenth < 10; tenth++) {
        long start = PROCESS.getProcessCpuTime();
        times[tenth] = tenth(threads, guests, cycles / 10);
        processor[tenth] = (PROCESS.getProcessCpuTime() - start) / 1e3 / (cycles / 10);
        mappings[tenth] = mappings() - before;
      }
      for (Guest guest : guests) {
        guest.leave();
      }
      System.gc();
      Thread.sleep(2000); // what was unreachable is cleaned
      System.out.printf(
          Locale.ROOT,
          """
          %d cycles of %d threads%s, by tenths:
            time of each, µs %s
            processor time of the process for each, µs %s
            mappings more than before %s, and at last %d
            %s
          """,
          cycles,
          THREADS,
          async ? ", asynchronous" : "",
          shown(times),
          shown(processor),
          Arrays.toString(mappings),
          mappings() - before,
          host.engine.poolMetrics());
    }
  }

  private static String shown(double[] times) {
    return Arrays.stream(times)
        .mapToObj(time -> String.format(Locale.ROOT, "%.2f", time))
        .collect(Collectors.joining(" "));
  }

  /** All threads do their part of so many cycles: the mean time of a cycle of one, µs. */
  private static double tenth(ExecutorService threads, List<Guest> guests, int cycles)
      throws Exception {
    List<Callable<Double>> tasks = new ArrayList<>();
    for (Guest guest : guests) {
      tasks.add(() -> guest.cycles(cycles / THREADS));
    }
    double sum = 0;
    for (Future<Double> done : threads.invokeAll(tasks)) {
      sum += done.get();
    }
    return sum / THREADS;
  }

  private static int mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).size();
  }

  /** An instance that is open, and what it has in its memory. */
  private record Tenant(Store<Void> store, Func swap, int mark) {}

  /** What one thread does: it keeps its share of the pool open. */
  private static final class Guest {
    private final Host host;
    private final int thread;
    private final boolean async;
    private final Deque<Tenant> open = new ArrayDeque<>();
    private int next;

    Guest(Host host, int thread, boolean async) {
      this.host = host;
      this.thread = thread;
      this.async = async;
    }

    /** The time of each of so many cycles, µs. */
    double cycles(int count) throws Exception {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        if (open.size() == COUNT / THREADS) {
          close(open.remove());
        }
        Store<Void> store = new Store<>(host.engine);
        Func swap = host.prepared.instantiate(store).func("f");
        Tenant tenant = new Tenant(store, swap, thread << 24 | next++);
        check(call(swap, tenant.mark), INITIAL);
        open.add(tenant);
      }
      return (System.nanoTime() - start) / 1e3 / count;
    }

    void leave() throws Exception {
      while (!open.isEmpty()) {
        close(open.remove());
      }
    }

    /** Looks whether the memory has what was written to it. */
    private void close(Tenant tenant) throws Exception {
      check(call(tenant.swap, 0), tenant.mark);
      tenant.store.close();
    }

    private Object call(Func swap, int mark) throws Exception {
      return async
          ? swap.callAsync(ADDRESS, mark).get(1, TimeUnit.MINUTES)[0]
          : swap.call(ADDRESS, mark)[0];
    }
  }
}
