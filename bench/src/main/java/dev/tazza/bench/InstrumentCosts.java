package dev.tazza.bench;

import dev.tazza.BacktraceDetails;
import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.ProfilingStrategy;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Prints what each instrument costs: the time of programs with it, relative to that without.
 *
 * <pre>java -cp bench/target/benchmarks.jar dev.tazza.bench.InstrumentCosts FOLDER [SECONDS]</pre>
 *
 * Times are of the thread's processor, the least of several rounds; all ways to run a program take
 * turns. Programs that take less than 3 ms are left out, as what they measure is mostly where
 * memory was found, and those of more than half a second, of which there would be too few rounds.
 * {@code SECONDS} (120) is what all programs may take together beyond compiling them and three
 * rounds of each: each has as many rounds as fit into its part, fifteen at most. At the end comes
 * the table of docs/PERFORMANCE.md.
 */
final class InstrumentCosts {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long LEAST = 5_000_000;

  /** Programs that take less, or more, are left out. */
  private static final long SHORTEST = 3_000_000;

  private static final long LONGEST = 500_000_000;
  private static final int FEWEST_ROUNDS = 3;
  private static final int MOST_ROUNDS = 15;
  private static final long MUCH = 1L << 60;

  private record Instrument(String name, Supplier<Config> config) {}

  /** The first is none. */
  private static final List<Instrument> INSTRUMENTS =
      List.of(
          new Instrument("none", Config::new),
          new Instrument("epochs", () -> new Config().epochInterruption(true)),
          new Instrument("interruption", () -> new Config().threadInterruption(true)),
          new Instrument(
              "polls", () -> new Config().epochInterruption(true).signalsBasedInterruption(false)),
          new Instrument("fuel", () -> new Config().consumeFuel(true)),
          new Instrument("debug info", () -> new Config().debugInfo(true)),
          new Instrument(
              "lines, dumps",
              () ->
                  new Config()
                      .wasmBacktraceDetails(BacktraceDetails.ENABLE)
                      .wasmBacktraceInJava(true)
                      .coredumpOnTrap(true)),
          new Instrument("no address map", () -> new Config().generateAddressMap(false)),
          new Instrument("jitdump", () -> new Config().profiler(ProfilingStrategy.JITDUMP)),
          new Instrument("canonical NaNs", () -> new Config().nanCanonicalization(true)),
          new Instrument(
              "checks of memory",
              () ->
                  new Config()
                      .staticMemoryMaximumSize(0)
                      .dynamicMemoryGuardSize(0)
                      .staticMemoryGuardSize(0)),
          new Instrument("explicit traps", () -> new Config().signalsBasedTraps(false)),
          new Instrument("for size", () -> new Config().optLevel(OptLevel.SPEED_AND_SIZE)),
          new Instrument("level NONE", () -> new Config().optLevel(OptLevel.NONE)));

  private InstrumentCosts() {}

  public static void main(String[] args) throws IOException {
    double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 120;
    List<BenchProgram> programs = BenchProgram.list(Path.of(args[0]));
    List<Measured> all = new ArrayList<>();
    System.out.printf("%-36s %8s", "", "ms");
    INSTRUMENTS.stream().skip(1).forEach(each -> System.out.printf(" %14s", each.name()));
    System.out.println();
    for (BenchProgram program : programs) {
      double[] times = measure(program, (long) (seconds / programs.size() * 1e9));
      if (times.length == 0) {
        continue;
      }
      System.out.printf(Locale.ROOT, "%-36s %8.2f", program.name(), times[0] / 1e6);
      double[] ratios = new double[times.length];
      for (int i = 1; i < times.length; i++) {
        ratios[i] = times[i] / times[0];
        System.out.printf(Locale.ROOT, " %14.3f", ratios[i]);
      }
      System.out.println();
      all.add(new Measured(program.name(), ratios));
    }
    if (!all.isEmpty()) {
      print(all);
    }
  }

  /**
   * A program's times.
   *
   * @param ratios by instrument, to that without
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Measured(String program, double[] ratios) {}

  private static double geometricMean(double[] ratios) {
    return Math.exp(Arrays.stream(ratios).map(Math::log).average().orElse(0));
  }

  private static void print(List<Measured> all) {
    System.out.printf(
        "%n| instrument (%d programs) | geometric mean | median | worst |%n|---|---:|---:|---|%n",
        all.size());
    for (int i = 1; i < INSTRUMENTS.size(); i++) {
      int instrument = i;
      List<Measured> sorted =
          all.stream().sorted(Comparator.comparingDouble(each -> each.ratios[instrument])).toList();
      double[] ratios = sorted.stream().mapToDouble(each -> each.ratios[instrument]).toArray();
      System.out.printf(
          Locale.ROOT,
          "| %s | %.3f | %.3f | %s %.2f |%n",
          INSTRUMENTS.get(i).name(),
          geometricMean(ratios),
          ratios[ratios.length / 2],
          sorted.getLast().program,
          ratios[ratios.length - 1]);
    }
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

    /** The time of so many runs, divided by their number. */
    double run(BenchProgram program, int times) throws IOException {
      long sum = 0;
      for (int i = 0; i < times; i++) {
        sum += run(program);
      }
      return (double) sum / times;
    }

    private long run(BenchProgram program) throws IOException {
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

  /** The least time with each in nanoseconds; none when the program is too short or long. */
  private static double[] measure(BenchProgram program, long budget) throws IOException {
    byte[] wasm = Files.readAllBytes(program.wasm());
    double first;
    try (Prepared plain = Prepared.of(INSTRUMENTS.getFirst(), wasm)) {
      first = Math.min(plain.run(program, 1), plain.run(program, 1));
    }
    if (first < SHORTEST || first > LONGEST) {
      return new double[0];
    }
    int times = (int) Math.max(1, Math.ceil(LEAST / first));
    List<Prepared> all = new ArrayList<>();
    for (Instrument instrument : INSTRUMENTS) {
      all.add(Prepared.of(instrument, wasm));
    }
    double[] least = new double[all.size()];
    Arrays.fill(least, Double.MAX_VALUE);
    long end = System.nanoTime() + budget;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < least.length; i++) {
        least[i] = Math.min(least[i], all.get(i).run(program, times));
      }
      long now = System.nanoTime();
      boolean isEnough = round + 1 >= FEWEST_ROUNDS;
      if (isEnough && now + (now - start) > end) { // another one would not fit
        break;
      }
    }
    all.forEach(Prepared::close);
    return least;
  }
}
