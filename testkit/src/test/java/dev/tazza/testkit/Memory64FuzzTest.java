package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.testkit.fuzz.address.Memory64Fuzzer;
import org.junit.jupiter.api.Test;

/**
 * Accesses near the ends of 64-bit memories, and of those with pages of one byte, do what an
 * interpreter says. More of them: {@code -Dfuzz.seed=1 -Dfuzz.count=10000}, or the main method of
 * {@link Memory64Fuzzer}, which counts accesses.
 */
class Memory64FuzzTest {
  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final int COUNT = Integer.getInteger("fuzz.count", 25);

  /** The least for each module: that most calls are not left out, and do not trap at once. */
  private static final int ACCESSES = 50;

  /** Of whose loops the sandbox verifier once found no end. */
  private static final long SLOW = 1621;

  @Test
  void loopsOfPointersAreVerified() {
    try (Memory64Fuzzer fuzzer = new Memory64Fuzzer()) {
      String difference = fuzzer.check(SLOW);
      assertNull(difference, difference);
    }
  }

  @Test
  void sameAsInterpreted() {
    try (Memory64Fuzzer fuzzer = new Memory64Fuzzer()) {
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        String difference = fuzzer.check(seed);
        assertNull(difference, difference);
      }
      assertTrue(fuzzer.accesses() > (long) ACCESSES * COUNT, fuzzer.accesses() + " accesses");
    }
  }
}
