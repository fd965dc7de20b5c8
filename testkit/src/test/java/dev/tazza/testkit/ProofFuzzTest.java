package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.testkit.fuzz.ProofFuzzer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Code of random modules is proved, whatever it is compiled for. More of them: {@code
 * -Dproof.seed=1 -Dproof.count=1000}, or the main method of {@link ProofFuzzer}.
 */
class ProofFuzzTest {
  private static final long SEED = Long.getLong("proof.seed", 1);
  private static final int COUNT = Integer.getInteger("proof.count", 4);
  private static final ProofFuzzer FUZZER = new ProofFuzzer();

  @AfterAll
  static void close() {
    FUZZER.close();
  }

  /**
   * What was rejected once. First types of references that were forgotten when a loop was followed
   * for another round, or were guessed wrongly; then ranges of bytes whose ends were compared with
   * constants, or after many others; then what is the same on two ways, and numbers that are added
   * to themselves; then multiples that are compared after something was subtracted; and a loop that
   * was followed without end; and a number which a part of was compared after the whole.
   */
  @ParameterizedTest
  @ValueSource(
      longs = {24, 122, 1018, 13, 345, 384, 3379, 287, 9326, 90047, 90054, 9000924, 9000910})
  void whatWasNotFollowedIs(long seed) {
    assertEquals(List.of(), FUZZER.check(seed));
  }

  @Test
  void nothingIsRejected() {
    for (long seed = SEED; seed < SEED + COUNT; seed++) {
      assertEquals(List.of(), FUZZER.check(seed));
    }
  }
}
