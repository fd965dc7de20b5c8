package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.testkit.fuzz.LocalsFuzzer;
import org.junit.jupiter.api.Test;

/**
 * What is told of the locals of optimized random modules is true. More of them: {@code
 * -Dlocals.seed=1 -Dlocals.count=1000}.
 */
class LocalsDifferentialTest {
  private static final long SEED = Long.getLong("locals.seed", 1);
  private static final int COUNT = Integer.getInteger("locals.count", 10);

  /** One of so many locals is known at least. */
  private static final int MANY = 20;

  @Test
  void whatIsToldOfLocalsIsTrue() {
    try (LocalsFuzzer fuzzer = new LocalsFuzzer()) {
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        String failure = fuzzer.check(seed);
        long reproducer = seed;
        assertNull(failure, () -> "seed " + reproducer + ": " + failure);
      }
      String found = fuzzer.known() + " of " + fuzzer.all();
      assertTrue(fuzzer.known() > fuzzer.all() / MANY, found);
    }
  }
}
