package dev.tazza.testkit;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.TrapCode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from the deadline of a guest that never returns until the call is over.
 *
 * <pre>
 *   java … dev.tazza.testkit.StopLatency [guests [seed]]
 * </pre>
 *
 * prints, for each way to run and stop them, the median, the 99th percentile and the worst, in
 * milliseconds. Deadlines are epochs that begin when a guest has run for some milliseconds. The
 * last columns are the processor time that the guest's thread took from the deadline on: what the
 * latency is where no other program wants the processor, but for waking up the threads.
 */
public final class StopLatency {
  private static final long RUNNING_MILLIS = 3;
  private static final long PATIENCE_SECONDS = 60;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  /**
   * A way to run guests.
   *
   * @param level how they are optimized
   * @param async whether they are called by {@code callAsync}
   * @param signals whether they are stopped by signals; else they poll
   */
  public record Way(OptLevel level, boolean async, boolean signals) {
    @Override
    public String toString() {
      return "%s, %s, %s"
          .formatted(level, async ? "async" : "sync", signals ? "by signals" : "by polls");
    }
  }

  /**
   * How long a guest took to end.
   *
   * @param shape its {@link EndlessGuest#shape}
   * @param nanos from the deadline on
   * @param work of these, those in which its thread had a processor
   */
  public record Latency(String shape, long nanos, long work) {}

  /** When a call was over, and the processor time of its thread then. */
  private record End(long nanos, long work) {}

  private StopLatency() {}

  /** All ways. */
  public static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (OptLevel level : new OptLevel[] {OptLevel.NONE, OptLevel.SPEED}) {
      for (boolean async : new boolean[] {false, true}) {
        for (boolean signals : new boolean[] {true, false}) {
          ways.add(new Way(level, async, signals));
        }
      }
    }
    return ways;
  }

  /**
   * Runs guests one after the other and stops each.
   *
   * @return latencies, the least first
   * @throws IllegalStateException when one does not end within a minute, or ends otherwise
   */
  public static List<Latency> measure(Way way, List<EndlessGuest> guests)
      throws InterruptedException {
    Config config =
        new Config()
            .optLevel(way.level())
            .epochInterruption(true)
            .asyncSupport(way.async())
            .signalsBasedInterruption(way.signals());
    List<Latency> latencies = new ArrayList<>();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Engine engine = new Engine(config)) {
      for (EndlessGuest guest : guests) {
        latencies.add(measure(way, engine, guest, threads));
      }
    } finally {
      threads.shutdown();
    }
    latencies.sort(Comparator.comparingLong(Latency::nanos));
    return latencies;
  }

  private static Latency measure(
      Way way, Engine engine, EndlessGuest guest, ExecutorService threads)
      throws InterruptedException {
    try (Module module = Module.compile(engine, guest.text());
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.func("h", "nothing", Runnable.class, () -> {});
      store.setEpochDeadline(1);
      Instance instance =
          way.async()
              ? linker.instantiateAsync(store, module).join()
              : linker.instantiate(store, module);
      CompletionService<End> ends = new ExecutorCompletionService<>(threads);
      CompletableFuture<Long> thread = new CompletableFuture<>();
      if (way.async()) {
        store.setExecutor(Runnable::run); // on the thread that is looked at
      }
      ends.submit(() -> {
        thread.complete(Thread.currentThread().threadId());
        return end(way, instance.func("run"));
      });
      long guestThread = thread.join();
      Thread.sleep(RUNNING_MILLIS);
      long before = CLOCK.getThreadCpuTime(guestThread);
      long deadline = System.nanoTime();
      engine.incrementEpoch();
      Future<End> end = ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (end == null) {
        throw new IllegalStateException(guest.shape() + " does not stop: " + guest.text());
      }
      End over = end.get();
      return new Latency(guest.shape(), over.nanos() - deadline, over.work() - before);
    } catch (ExecutionException e) {
      throw new IllegalStateException(guest.shape() + ": " + e.getCause(), e.getCause());
    }
  }

  private static End end(Way way, Func run) {
    try {
      if (way.async()) {
        run.callAsync().join();
      } else {
        run.call();
      }
    } catch (Trap trap) {
      return end(trap);
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof Trap trap) {
        return end(trap);
      }
      throw failed;
    }
    throw new IllegalStateException("an endless guest has returned");
  }

  private static End end(Trap trap) {
    if (trap.code() != TrapCode.INTERRUPT) {
      throw trap;
    }
    return new End(System.nanoTime(), CLOCK.getCurrentThreadCpuTime());
  }

  /** Of sorted latencies the one that {@code part} of them are not above, in milliseconds. */
  public static double percentile(List<Latency> sorted, double part) {
    int index = (int) Math.ceil(part * sorted.size()) - 1;
    return sorted.get(Math.max(0, index)).nanos() / 1e6;
  }

  /** Measures and prints. */
  public static void main(String[] args) throws InterruptedException {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    List<EndlessGuest> guests = EndlessGuest.make(count, seed);
    System.out.printf("%d guests of %d shapes, seed %d%n", count, EndlessGuest.shapes(), seed);
    System.out.printf(
        "%-28s %8s %8s %8s %8s  %s%n", "ms", "median", "99 %", "worst", "work", "most of which is");
    for (Way way : ways()) {
      List<Latency> latencies = measure(way, guests);
      Latency most = latencies.stream().max(Comparator.comparingLong(Latency::work)).orElseThrow();
      System.out.printf(
          Locale.ROOT,
          "%-28s %8.3f %8.3f %8.3f %8.3f  %s%n",
          way,
          percentile(latencies, 0.5),
          percentile(latencies, 0.99),
          percentile(latencies, 1),
          most.work() / 1e6,
          most.shape());
    }
  }
}
