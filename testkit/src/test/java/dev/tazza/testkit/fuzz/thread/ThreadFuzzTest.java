package dev.tazza.testkit.fuzz.thread;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.OptLevel;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two threads do what they must, whoever is faster, and nobody sees what may not be seen. For more:
 * {@link ThreadFuzzer} and {@link Litmus} as programs.
 */
class ThreadFuzzTest {
  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final int COUNT = Integer.getInteger("fuzz.count", 12);

  @Test
  void threadsDoAsTheModelSays() throws Exception {
    try (ThreadFuzzer fuzzer = new ThreadFuzzer()) {
      for (long seed = SEED; seed < SEED + COUNT; seed++) {
        String difference = fuzzer.check(seed);
        assertNull(difference, difference);
      }
      assertTrue(fuzzer.operations() > 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Litmus.class)
  void theForbiddenIsNotSeen(Litmus test) throws Exception {
    for (OptLevel level : new OptLevel[] {OptLevel.SPEED, OptLevel.NONE}) {
      Map<String, Long> outcomes = test.run(level, true, 20_000_000);
      assertFalse(outcomes.containsKey(test.forbidden()), outcomes::toString);
      assertTrue(
          outcomes.keySet().stream()
              .allMatch(outcome -> outcome.length() == test.forbidden().length()),
          outcomes::toString);
    }
  }
}
