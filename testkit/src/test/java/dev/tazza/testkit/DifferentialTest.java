package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tazza.testkit.fuzz.Fuzzer;
import dev.tazza.testkit.fuzz.RandomModule;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random modules do the same with and without optimization. More of them: {@code -Dfuzz.seed=1
 * -Dfuzz.count=10000}; against V8 too: {@code -Dfuzz.node} with {@code node} on the path.
 */
class DifferentialTest {
  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final int COUNT = Integer.getInteger("fuzz.count", 200);

  @Test
  void optimizationChangesNothing() {
    try (Fuzzer fuzzer = new Fuzzer()) {
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        String failure = fuzzer.check(seed);
        long reproducer = seed;
        assertNull(failure, () -> "seed " + reproducer + ": " + failure);
      }
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "fuzz.node", matches = ".*")
  void sameAsV8() throws IOException {
    try (Fuzzer fuzzer = new Fuzzer()) {
      assertEquals(List.of(), fuzzer.checkWithNode(SEED, COUNT));
    }
  }

  @Test
  void modulesAreReproducible() {
    assertEquals(RandomModule.of(SEED).text(), RandomModule.of(SEED).text());
  }
}
