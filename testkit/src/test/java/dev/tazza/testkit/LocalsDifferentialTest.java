package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tazza.testkit.fuzz.LocalsFuzzer;
import dev.tazza.testkit.fuzz.SteppedLocalsFuzzer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * What is told of the locals of optimized random modules is true. More of them: {@code
 * -Dlocals.seed=1 -Dlocals.count=1000}.
 */
class LocalsDifferentialTest {
  private static final long SEED = Long.getLong("locals.seed", 1);
  private static final int COUNT = Integer.getInteger("locals.count", 10);

  private static final int STEPPED = Integer.getInteger("locals.stepped", 5);

  /** So many values at least are compared in each kind of place. */
  private static final int FEWEST = 1000;

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

  /** At each machine instruction, and in registers too. More: {@code -Dlocals.stepped=100}. */
  @Test
  void soIsWhatIsToldAtEachInstruction() throws IOException {
    assumeTrue(SteppedLocalsFuzzer.isPossible(), "the system does not let us step");
    try (SteppedLocalsFuzzer fuzzer = new SteppedLocalsFuzzer()) {
      for (long seed = SEED; seed < SEED + STEPPED; seed++) {
        String failure = fuzzer.check(seed);
        long reproducer = seed;
        assertNull(failure, () -> "seed " + reproducer + ": " + failure);
      }
      assertTrue(fuzzer.inRegisters() > FEWEST, "in registers: " + fuzzer.inRegisters());
      assertTrue(fuzzer.inFrames() > FEWEST, "in frames: " + fuzzer.inFrames());
      assertTrue(fuzzer.constants() > FEWEST, "constants: " + fuzzer.constants());
    }
  }
}
