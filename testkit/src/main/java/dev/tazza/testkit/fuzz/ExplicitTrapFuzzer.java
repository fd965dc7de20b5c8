package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.OptLevel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares what random modules do where the processor's faults are traps with what they do where
 * code checks everything itself, on both levels; the sandbox verifier looks at that code.
 *
 * <p>As a program: {@code ExplicitTrapFuzzer FIRST_SEED COUNT} prints each seed that fails, and
 * why.
 */
public final class ExplicitTrapFuzzer implements AutoCloseable {
  private static final long STACK = 16 << 20;
  private static final long PLENTY = 1L << 40;

  private final Engine bySignals = new Engine(config(OptLevel.SPEED, true));
  private final List<Engine> explicit =
      List.of(
          new Engine(config(OptLevel.NONE, false).sandboxVerifier(true)),
          new Engine(config(OptLevel.SPEED, false).sandboxVerifier(true)));

  /** Engines for both, which check the compiler's work. */
  public ExplicitTrapFuzzer() {}

  private static Config config(OptLevel level, boolean signals) {
    return new Config()
        .optLevel(level)
        .signalsBasedTraps(signals)
        .consumeFuel(true) // or some would run for too long
        .debugVerifier(true)
        .wasmLegacyExceptions(true)
        .wasmThreads(true)
        .parallelCompilation(false)
        .maxWasmStack(STACK);
  }

  /** What is wrong with the module of {@code seed}; null when nothing is. */
  public @Nullable String check(long seed) {
    RandomModule module = RandomModule.of(seed);
    List<String> expected = Execution.run(bySignals, module, PLENTY);
    for (Engine engine : explicit) {
      List<String> actual = Execution.run(engine, module, PLENTY);
      String difference = Fuzzer.compare("by signals", expected, "explicit", actual);
      if (difference != null) {
        return engine == explicit.getFirst() ? "unoptimized: " + difference : difference;
      }
    }
    return null;
  }

  @Override
  public void close() {
    bySignals.close();
    explicit.forEach(Engine::close);
  }

  /** See the class. */
  public static void main(String[] args) {
    try (ExplicitTrapFuzzer fuzzer = new ExplicitTrapFuzzer()) {
      Seeds.check(args, fuzzer::check);
    }
  }
}
