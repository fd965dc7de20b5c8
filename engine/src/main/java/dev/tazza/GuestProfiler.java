package dev.tazza;

import dev.tazza.vm.instance.VmStore;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;

/**
 * Finds out where the guests of a store spend their time: looks at their stack in regular
 * intervals.
 *
 * <pre>{@code
 * GuestProfiler profiler = GuestProfiler.start(store, Duration.ofMillis(1));
 * run.call();
 * GuestProfile profile = profiler.stop();
 * try (Writer out = Files.newBufferedWriter(Path.of("profile.svg"))) {
 *   profile.writeFlameGraph(out, "my program");
 * }
 * }</pre>
 *
 * <p>Time counts as it passes, also in host functions, which count for the guest function that
 * called them; the time between calls does not count. A sample of forty frames takes some fifty
 * microseconds. Needs no option, and costs nothing before it is started.
 *
 * <p>Between {@link #start} and {@link #stop}, which have to be called as the store is used, one
 * thread at a time.
 */
public final class GuestProfiler implements AutoCloseable {
  private final Interruption<?> interruption;
  private final VmStore store;
  private final GuestSampler sampler;
  private final Future<?> clock;
  private final Duration interval;
  private final boolean details;
  private final long startMillis = System.currentTimeMillis();

  private GuestProfiler(
      VmStore store,
      Interruption<?> interruption,
      GuestSampler sampler,
      Future<?> clock,
      Duration interval,
      boolean details) {
    this.store = store;
    this.interruption = interruption;
    this.sampler = sampler;
    this.clock = clock;
    this.interval = interval;
    this.details = details;
  }

  /**
   * Begins. Frames have lines of the source if {@link Config#wasmBacktraceDetails} is on.
   *
   * @param interval between samples; less than a millisecond may not be kept
   * @throws IllegalArgumentException when {@code interval} is not positive
   * @throws IllegalStateException when the store is profiled already, closed or in use by another
   *     thread
   * @throws UnsupportedOperationException when guests cannot be stopped by signals here
   */
  public static GuestProfiler start(Store<?> store, Duration interval) {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("the interval must be positive, but is " + interval);
    }
    store.engine().requireStops();
    VmStore vm = store.vm();
    vm.enter();
    try {
      GuestSampler sampler = new GuestSampler(vm);
      store.interruption().sampleBy(sampler);
      WeakReference<GuestSampler> asked = new WeakReference<>(sampler);
      Future<?> clock = store.engine().repeat(interval, () -> ask(asked));
      return new GuestProfiler(
          vm,
          store.interruption(),
          sampler,
          clock,
          interval,
          store.engine().config().wasmBacktraceDetails() == BacktraceDetails.ENABLE);
    } finally {
      vm.leave();
    }
  }

  /** The clock runs until the profiler is stopped, or was forgotten. */
  private static void ask(WeakReference<GuestSampler> asked) {
    GuestSampler sampler = asked.get();
    if (sampler == null) {
      throw new CancellationException("nobody profiles any more");
    }
    sampler.ask();
  }

  /**
   * Ends, and gives what was sampled.
   *
   * @throws IllegalStateException when the store is in use by another thread; closed it may be
   */
  public GuestProfile stop() {
    close();
    return new GuestProfile(sampler.tree(), startMillis, interval, details);
  }

  /** How many samples have been taken. On the thread that uses the store. */
  int samplesSoFar() {
    return sampler.tree().sampleCount();
  }

  /** Ends; what was sampled may still be asked for by {@link #stop}. */
  @Override
  public void close() {
    clock.cancel(false);
    if (store.isClosed()) {
      return;
    }
    store.enter();
    try {
      interruption.endSampling(sampler);
    } finally {
      store.leave();
    }
  }

  @Override
  public String toString() {
    return "profiler, a sample each " + interval;
  }
}
