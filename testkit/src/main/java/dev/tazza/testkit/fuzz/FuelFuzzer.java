package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.OptLevel;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Compares what random modules do without optimization and with it when they use up fuel: with more
 * than they need, and with amounts that run out somewhere. Each call has to end at the same
 * operator with as much left, whether it returns, traps or has used up all.
 *
 * <p>As a program: {@code FuelFuzzer FIRST_SEED COUNT} prints each seed that fails, and why.
 */
public final class FuelFuzzer implements AutoCloseable {
  private static final long STACK = 16 << 20;
  private static final long PLENTY = 1L << 40;
  private static final int FEW = 4;

  /** Amounts are from 1 to 2 to the power of this. */
  private static final int GREATEST = 14;

  private final Engine plain = new Engine(config(OptLevel.NONE));
  private final Engine optimizing = new Engine(config(OptLevel.SPEED));

  /** Engines for the two levels, which check the compiler's work. */
  public FuelFuzzer() {}

  private static Config config(OptLevel level) {
    return new Config()
        .optLevel(level)
        .consumeFuel(true)
        .debugVerifier(true)
        .wasmLegacyExceptions(true)
        .wasmThreads(true)
        .parallelCompilation(false)
        .maxWasmStack(STACK);
  }

  /** What is wrong with the module of {@code seed}; null when nothing is. */
  public @Nullable String check(long seed) {
    RandomModule module = RandomModule.of(seed);
    SplittableRandom random = new SplittableRandom(seed);
    String difference = check(module, PLENTY);
    for (int i = 0; i < FEW && difference == null; i++) {
      difference = check(module, 1 + random.nextLong(1L << random.nextInt(1, GREATEST + 1)));
    }
    return difference;
  }

  private @Nullable String check(RandomModule module, long fuel) {
    List<String> expected = Execution.run(plain, module, fuel);
    List<String> actual = Execution.run(optimizing, module, fuel);
    String difference = Fuzzer.compare("without optimization", expected, "with", actual);
    return difference == null ? null : "with fuel " + fuel + ": " + difference;
  }

  @Override
  public void close() {
    plain.close();
    optimizing.close();
  }

  /** See the class. */
  public static void main(String[] args) {
    try (FuelFuzzer fuzzer = new FuelFuzzer()) {
      Seeds.check(args, fuzzer::check);
    }
  }
}
