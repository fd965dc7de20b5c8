package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.testkit.fuzz.address.AddressFuzzer;
import dev.tazza.testkit.fuzz.address.Memory64Fuzzer;
import dev.tazza.wasm.Feature;
import java.util.ArrayList;
import java.util.List;

/**
 * Has random modules compiled with everything that changes code, and the code proved to stay in its
 * sandbox: nothing of it may be rejected. Nothing is run. Not thread-safe.
 *
 * <p>As a program: {@code ProofFuzzer FIRST_SEED COUNT} prints what is rejected, and how much was
 * compiled.
 */
public final class ProofFuzzer implements AutoCloseable {
  private static final int REPORT = 500;

  private record Setting(String name, Engine engine) {}

  private record Program(String name, String text) {}

  private final List<Setting> settings = new ArrayList<>();
  private long compiled;

  /** Engines for all settings. */
  public ProofFuzzer() {
    for (OptLevel level : new OptLevel[] {OptLevel.SPEED, OptLevel.NONE}) {
      add("guards", level, new Config());
      add("unclamped", level, unclamped());
      add("checks", level, unguarded().staticMemoryMaximumSize(0));
      add("polls", level, polling());
      add("fuel", level, new Config().consumeFuel(true));
      add(
          "polls, fuel, checks, unclamped",
          level,
          unguarded(polling(unclamped())).consumeFuel(true));
    }
  }

  private void add(String name, OptLevel level, Config config) {
    config
        .optLevel(level)
        .sandboxVerifier(true)
        .wasmLegacyExceptions(true)
        .wasmThreads(true)
        .wasmFeature(Feature.CUSTOM_PAGE_SIZES, true)
        .parallelCompilation(false);
    settings.add(new Setting(name + ", " + level, new Engine(config)));
  }

  private static Config unclamped() {
    return new Config().heapAccessSpectreMitigation(false).tableAccessSpectreMitigation(false);
  }

  private static Config unguarded() {
    return unguarded(new Config());
  }

  private static Config unguarded(Config config) {
    return config.staticMemoryGuardSize(0).dynamicMemoryGuardSize(0);
  }

  private static Config polling() {
    return polling(new Config());
  }

  private static Config polling(Config config) {
    return config.epochInterruption(true).signalsBasedInterruption(false);
  }

  /** What is rejected of the modules of a seed. */
  public List<String> check(long seed) {
    RandomModule module = RandomModule.of(seed);
    List<Program> programs =
        List.of(
            new Program("module", module.text()),
            new Program("module with a 64-bit memory", Memory64Rewriter.rewrite(module).text()),
            new Program("addresses", AddressFuzzer.text(seed)),
            new Program("64-bit addresses", Memory64Fuzzer.text(seed)));
    List<String> rejections = new ArrayList<>();
    for (Setting setting : settings) {
      for (Program program : programs) {
        try {
          Module.compile(setting.engine, program.text).close();
        } catch (RuntimeException | Error e) {
          rejections.add("seed %d, %s, %s: %s".formatted(seed, program.name, setting.name, e));
        }
        compiled++;
      }
    }
    return rejections;
  }

  /** How many modules were compiled. */
  public long compiled() {
    return compiled;
  }

  @Override
  public void close() {
    settings.forEach(setting -> setting.engine.close());
  }

  /** See the class. */
  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    long rejected = 0;
    try (ProofFuzzer fuzzer = new ProofFuzzer()) {
      for (long seed = first; seed < first + count; seed++) {
        List<String> rejections = fuzzer.check(seed);
        rejections.forEach(System.out::println);
        rejected += rejections.size();
        if ((seed - first) % REPORT == REPORT - 1) {
          System.out.printf("%,d compiled, %d rejected%n", fuzzer.compiled(), rejected);
        }
      }
      System.out.printf("%,d compiled, %d rejected%n", fuzzer.compiled(), rejected);
    }
  }
}
