package dev.tazza.bench;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What suspending takes where two threads share the work, which look for it without pause: one has
 * the guests and the other one their answers; or both have both. Times are elapsed ones for each
 * suspended call, least and median of batches, so the machine must have two processors to spare.
 * With one guest they are the way there and back; with many the threads do not wait for each other.
 */
final class TwoThreads {
  /** Host calls of a guest in a batch. */
  private static final int CALLS = 1000;

  private static final int MANY = 64;
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final long NANOS = 3_000_000_000L;

  private static final String MODULE =
      """
      (module
        (import "host" "later" (func $later (param i32) (result i32)))
        (func (export "run") (param i32)
          (loop $l (local.set 0 (call $later (local.get 0))) (br_if $l (local.get 0)))))
      """;

  private static final FuncType TYPE = new FuncType(List.of(NumType.I32), List.of(NumType.I32));

  private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> answers;

  /**
   * @param both whether both threads do both
   */
  private TwoThreads(boolean both) {
    answers = both ? steps : new ConcurrentLinkedQueue<>();
  }

  /** Prints all figures. */
  static void print() {
    print("one thread has the guest, one answers", false, 1);
    print("one thread has 64 guests, one answers", false, MANY);
    print("two threads have 64 guests and answer", true, MANY);
  }

  private static void print(String what, boolean both, int guests) {
    double[] times = new TwoThreads(both).measure(guests);
    Arrays.sort(times);
    System.out.printf(
        Locale.ROOT,
        "%-45s %6.1f ns, median %6.1f (elapsed)%n",
        what,
        times[0],
        times[times.length / 2]);
  }

  private double[] measure(int guests) {
    Thread other = Thread.ofPlatform().daemon().start(() -> work(answers));
    List<Double> times = new ArrayList<>();
    try (Engine engine = new Engine(new Config().asyncSupport(true));
        Module module = Module.compile(engine, MODULE)) {
      List<Store<Void>> stores = new ArrayList<>();
      List<Func> functions = new ArrayList<>();
      for (int i = 0; i < guests; i++) {
        Store<Void> store = new Store<>(engine);
        store.setExecutor(steps::add);
        stores.add(store);
        functions.add(linker(engine).instantiate(store, module).func("run"));
      }
      long start = System.nanoTime();
      while (System.nanoTime() - start < WARM_UP_NANOS) {
        time(functions);
      }
      do {
        times.add(time(functions));
      } while (System.nanoTime() - start < WARM_UP_NANOS + NANOS);
      stores.forEach(Store::close);
    } finally {
      other.interrupt();
    }
    return times.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private Linker<Void> linker(Engine engine) {
    return new Linker<Void>(engine)
        .funcAsync(
            "host",
            "later",
            TYPE,
            (_, values) -> {
              int left = (Integer) values[0] - 1;
              CompletableFuture<Object[]> answer = new CompletableFuture<>();
              answers.add(() -> answer.complete(new Object[] {left}));
              return answer;
            });
  }

  private double time(List<Func> functions) {
    long start = System.nanoTime();
    CompletableFuture<?>[] calls = new CompletableFuture<?>[functions.size()];
    for (int i = 0; i < calls.length; i++) {
      calls[i] = functions.get(i).callAsync(CALLS);
    }
    CompletableFuture<Void> all = CompletableFuture.allOf(calls);
    while (!all.isDone()) {
      doNext(steps);
    }
    all.join();
    return (double) (System.nanoTime() - start) / (CALLS * functions.size());
  }

  private static void work(Queue<Runnable> queue) {
    while (!Thread.currentThread().isInterrupted()) {
      doNext(queue);
    }
  }

  private static void doNext(Queue<Runnable> queue) {
    Runnable next = queue.poll();
    if (next == null) {
      Thread.onSpinWait();
    } else {
      next.run();
    }
  }
}
