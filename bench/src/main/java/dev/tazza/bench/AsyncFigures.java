package dev.tazza.bench;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Prints what waiting guests cost: the time of a host call whose answer comes later, beside one of
 * a host function that gives it at once; and the memory of guests that all wait at the same time.
 *
 * <pre>java -cp bench/target/benchmarks.jar dev.tazza.bench.AsyncFigures [GUESTS]</pre>
 *
 * With {@code -Xms512m -Xmx512m -XX:+AlwaysPreTouch}, or the growth of Java's heap is counted as
 * the guests' memory. At first one thread does all, with a queue for an executor. Those times are
 * of its processor, least and median of batches of 100,000 calls. Then {@link TwoThreads}.
 */
final class AsyncFigures {
  private static final int BATCH = 100_000;
  private static final int ROUNDS = 60;
  private static final int GUESTS = 10_000;

  private static final String MODULE =
      """
      (module
        (import "host" "now" (func $now (param i32) (result i32)))
        (import "host" "ready" (func $ready (param i32) (result i32)))
        (import "host" "later" (func $later (param i32) (result i32)))
        (func (export "now") (param i32)
          (loop $l (local.set 0 (call $now (local.get 0))) (br_if $l (local.get 0))))
        (func (export "ready") (param i32)
          (loop $l (local.set 0 (call $ready (local.get 0))) (br_if $l (local.get 0))))
        (func (export "later") (param i32)
          (loop $l (local.set 0 (call $later (local.get 0))) (br_if $l (local.get 0)))))
      """;

  private static final ThreadMXBean TIMES = ManagementFactory.getThreadMXBean();
  private static final FuncType TYPE = new FuncType(List.of(NumType.I32), List.of(NumType.I32));

  private final Queue<Runnable> queue = new ArrayDeque<>();

  private AsyncFigures() {}

  public static void main(String[] args) throws IOException {
    AsyncFigures figures = new AsyncFigures();
    figures.times();
    TwoThreads.print();
    figures.memory(args.length > 0 ? Integer.parseInt(args[0]) : GUESTS);
  }

  private static Engine engine() {
    return new Engine(new Config().asyncSupport(true));
  }

  /**
   * @param waiting gets the answers that come later; null: the queue gives them
   */
  private Linker<Void> linker(Engine engine, @Nullable Queue<CompletableFuture<Object[]>> waiting) {
    return new Linker<Void>(engine)
        .func("host", "now", TYPE, (_, values) -> values.setI32(0, values.i32(0) - 1))
        .funcAsync(
            "host",
            "ready",
            TYPE,
            (_, values) -> {
              int left = (Integer) values[0] - 1;
              return CompletableFuture.completedFuture(new Object[] {left});
            })
        .funcAsync(
            "host",
            "later",
            TYPE,
            (_, values) -> {
              int left = (Integer) values[0] - 1;
              CompletableFuture<Object[]> answer = new CompletableFuture<>();
              if (waiting == null) {
                queue.add(() -> answer.complete(new Object[] {left}));
              } else {
                waiting.add(answer);
              }
              return answer;
            });
  }

  private void drain() {
    for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
      next.run();
    }
  }

  // Times.

  private void times() {
    String[] names = {"now", "ready", "later"};
    try (Engine engine = engine();
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      store.setExecutor(queue::add);
      var instance = linker(engine, null).instantiate(store, module);
      double[][] times = new double[names.length][ROUNDS];
      for (int round = -ROUNDS / 2; round < ROUNDS; round++) {
        for (int i = 0; i < names.length; i++) {
          double time = time(instance.func(names[i]));
          if (round >= 0) {
            times[i][round] = time;
          }
        }
      }
      String[] said = {"answers at once", "gives a future that is complete", "answers later"};
      for (int i = 0; i < names.length; i++) {
        Arrays.sort(times[i]);
        System.out.printf(
            Locale.ROOT,
            "a host function that %-32s %6.1f ns, median %6.1f%n",
            said[i],
            times[i][0],
            times[i][ROUNDS / 2]);
      }
      System.out.printf(
          Locale.ROOT,
          "suspending and resuming, beyond a plain host call: %.1f ns, median %.1f%n",
          times[2][0] - times[0][0],
          times[2][ROUNDS / 2] - times[0][ROUNDS / 2]);
    }
  }

  private double time(Func function) {
    long start = TIMES.getCurrentThreadCpuTime();
    CompletableFuture<Object[]> call = function.callAsync(BATCH);
    drain();
    long time = TIMES.getCurrentThreadCpuTime() - start;
    call.join();
    return (double) time / BATCH;
  }

  // Memory.

  private void memory(int guests) throws IOException {
    try (Engine engine = engine();
        Module module = Module.compile(engine, MODULE)) {
      Queue<CompletableFuture<Object[]>> waiting = new ArrayDeque<>();
      Linker<Void> linker = linker(engine, waiting);
      List<Store<Void>> stores = new ArrayList<>();
      List<CompletableFuture<Object[]>> calls = new ArrayList<>();
      begin(engine, module, linker, stores, calls, 100); // the first ones load classes
      long before = resident();
      begin(engine, module, linker, stores, calls, guests);
      long after = resident();
      System.out.printf(
          Locale.ROOT,
          "%d guests wait at once, resident for each: %.1f KiB outside of Java's heap%n",
          guests,
          (double) (after - before) / guests / 1024);
      waiting.forEach(answer -> answer.complete(new Object[] {0}));
      drain();
      calls.forEach(CompletableFuture::join);
      stores.forEach(Store::close);
    }
  }

  private void begin(
      Engine engine,
      Module module,
      Linker<Void> linker,
      List<Store<Void>> stores,
      List<CompletableFuture<Object[]>> calls,
      int count) {
    for (int i = 0; i < count; i++) {
      Store<Void> store = new Store<>(engine);
      store.setExecutor(queue::add);
      calls.add(linker.instantiate(store, module).func("later").callAsync(1));
      stores.add(store);
      drain();
    }
  }

  /** Resident bytes of the process. */
  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("/proc/self/status does not tell VmRSS");
  }
}
