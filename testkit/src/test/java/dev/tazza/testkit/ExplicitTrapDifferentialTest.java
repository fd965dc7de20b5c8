package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tazza.testkit.fuzz.ExplicitTrapFuzzer;
import org.junit.jupiter.api.Test;

/**
 * Random modules do the same where code checks everything itself that traps. More of them: {@code
 * -Dexplicit.seed=1 -Dexplicit.count=10000}.
 */
class ExplicitTrapDifferentialTest {
  private static final long SEED = Long.getLong("explicit.seed", 1);
  private static final int COUNT = Integer.getInteger("explicit.count", 25);

  @Test
  void explicitTrapsAreTheSame() {
    try (ExplicitTrapFuzzer fuzzer = new ExplicitTrapFuzzer()) {
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        String failure = fuzzer.check(seed);
        long reproducer = seed;
        assertNull(failure, () -> "seed " + reproducer + ": " + failure);
      }
    }
  }
}
