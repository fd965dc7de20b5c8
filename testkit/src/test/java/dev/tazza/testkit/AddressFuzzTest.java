package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.testkit.fuzz.address.AddressFuzzer;
import org.junit.jupiter.api.Test;

/**
 * Accesses near the ends of memory do what an interpreter says, with and without guards and
 * optimization. More of them: {@code -Dfuzz.seed=1 -Dfuzz.count=10000}, or the main method of
 * {@link AddressFuzzer}, which counts accesses.
 */
class AddressFuzzTest {
  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final int COUNT = Integer.getInteger("fuzz.count", 40);

  /** The least for each module: that most calls are not left out, and do not trap at once. */
  private static final int ACCESSES = 500;

  @Test
  void sameAsInterpreted() {
    try (AddressFuzzer fuzzer = new AddressFuzzer()) {
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        String difference = fuzzer.check(seed);
        assertNull(difference, difference);
      }
      assertTrue(fuzzer.accesses() > (long) ACCESSES * COUNT, fuzzer.accesses() + " accesses");
    }
  }
}
