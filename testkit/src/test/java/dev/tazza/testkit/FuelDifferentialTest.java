package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tazza.testkit.fuzz.FuelFuzzer;
import org.junit.jupiter.api.Test;

/**
 * Random modules use up the same fuel with and without optimization, and run out of it at the same
 * operator. More of them: {@code -Dfuel.seed=1 -Dfuel.count=10000}.
 */
class FuelDifferentialTest {
  private static final long SEED = Long.getLong("fuel.seed", 1);
  private static final int COUNT = Integer.getInteger("fuel.count", 25);

  @Test
  void optimizationUsesUpNoMoreAndNoLess() {
    try (FuelFuzzer fuzzer = new FuelFuzzer()) {
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        String failure = fuzzer.check(seed);
        long reproducer = seed;
        assertNull(failure, () -> "seed " + reproducer + ": " + failure);
      }
    }
  }
}
