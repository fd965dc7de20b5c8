package dev.tazza.bench;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.testkit.BenchProgram;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Prints what each instrument costs: the time of programs with it, relative to that without.
 *
 * <pre>java -cp bench/target/benchmarks.jar dev.tazza.bench.InstrumentCosts FOLDER [ROUNDS]</pre>
 *
 * Times are of the thread's processor, the least of {@code ROUNDS} (5); all ways to run a program
 * take turns. Programs that take less than 5 ms, or more than a second, are left out.
 */
final class InstrumentCosts {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long LEAST = 5_000_000;
  private static final long MOST = 1_000_000_000;
  private static final long MUCH = 1L << 60;

  private record Instrument(String name, Supplier<Config> config) {}

  /** The first is none. */
  private static final List<Instrument> INSTRUMENTS =
      List.of(
          new Instrument("none", Config::new),
          new Instrument("epochs", () -> new Config().epochInterruption(true)),
          new Instrument(
              "polls", () -> new Config().epochInterruption(true).signalsBasedInterruption(false)),
          new Instrument("fuel", () -> new Config().consumeFuel(true)),
          new Instrument("canonical NaNs", () -> new Config().nanCanonicalization(true)),
          new Instrument(
              "checks of memory",
              () ->
                  new Config()
                      .staticMemoryMaximumSize(0)
                      .dynamicMemoryGuardSize(0)
                      .staticMemoryGuardSize(0)),
          new Instrument("explicit traps", () -> new Config().signalsBasedTraps(false)));

  private InstrumentCosts() {}

  public static void main(String[] args) throws IOException {
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    double[] logs = new double[INSTRUMENTS.size()];
    double[] worst = new double[INSTRUMENTS.size()];
    int programs = 0;
    System.out.printf("%-44s %8s", "", "ms");
    INSTRUMENTS.stream().skip(1).forEach(each -> System.out.printf(" %16s", each.name()));
    System.out.println();
    for (BenchProgram program : BenchProgram.list(Path.of(args[0]))) {
      long[] times = measure(program, rounds);
      if (times.length == 0) {
        continue;
      }
      System.out.printf(Locale.ROOT, "%-44s %8.1f", program.name(), times[0] / 1e6);
      for (int i = 1; i < times.length; i++) {
        double ratio = (double) times[i] / times[0];
        logs[i] += Math.log(ratio);
        worst[i] = Math.max(worst[i], ratio);
        System.out.printf(Locale.ROOT, " %16.3f", ratio);
      }
      System.out.println();
      programs++;
    }
    System.out.printf("%-44s %8s", programs + " programs, geometric mean", "");
    for (int i = 1; i < logs.length; i++) {
      System.out.printf(Locale.ROOT, " %16.3f", Math.exp(logs[i] / programs));
    }
    System.out.printf("%n%-44s %8s", "worst", "");
    for (int i = 1; i < worst.length; i++) {
      System.out.printf(Locale.ROOT, " %16.3f", worst[i]);
    }
    System.out.println();
  }

  /** A program compiled for an instrument. */
  private record Prepared(Config config, Engine engine, Module module) implements AutoCloseable {
    static Prepared of(Instrument instrument, byte[] wasm) {
      Config config = instrument.config().get();
      Engine engine = new Engine(config);
      if (config.epochInterruption()) {
        // Ends with the engine.
        engine.startEpochTicker(Duration.ofMillis(10));
      }
      return new Prepared(config, engine, Module.compile(engine, wasm));
    }

    /** The time that it takes. */
    long run(BenchProgram program) throws IOException {
      try (Store<Void> store = new Store<>(engine)) {
        if (config.consumeFuel()) {
          store.setFuel(MUCH);
        }
        if (config.epochInterruption()) {
          store.setEpochDeadline(MUCH);
        }
        long start = THREADS.getCurrentThreadCpuTime();
        String problem = program.run(module, store);
        long time = THREADS.getCurrentThreadCpuTime() - start;
        if (problem != null) {
          throw new IllegalStateException(program.name() + ": " + problem);
        }
        return time;
      }
    }

    @Override
    public void close() {
      module.close();
      engine.close();
    }
  }

  /** The least time with each; none when the program is too short or too long. */
  private static long[] measure(BenchProgram program, int rounds) throws IOException {
    byte[] wasm = Files.readAllBytes(program.wasm());
    try (Prepared plain = Prepared.of(INSTRUMENTS.getFirst(), wasm)) {
      long first = plain.run(program);
      if (first > MOST || first < LEAST) {
        return new long[0];
      }
    }
    List<Prepared> all = new ArrayList<>();
    for (Instrument instrument : INSTRUMENTS) {
      all.add(Prepared.of(instrument, wasm));
    }
    long[] least = new long[all.size()];
    Arrays.fill(least, Long.MAX_VALUE);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < least.length; i++) {
        least[i] = Math.min(least[i], all.get(i).run(program));
      }
    }
    all.forEach(Prepared::close);
    return least[0] < LEAST ? new long[0] : least;
  }
}
