package dev.tazza.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The short way to join two natural numbers finds what the general one does. */
class FactTest {
  private static final long[] BOUNDS = {0, 1, 255, ProofValues.U32, ProofValues.U32 + 1, Fact.MOST};
  private static final int[] IDS = {0, 1, 2, Fact.MOST_IDS};

  @Test
  void naturalNumbersAreJoinedAlike() {
    for (long bound : BOUNDS) {
      for (int id : IDS) {
        long a = Fact.natural(bound, id);
        for (long other : BOUNDS) {
          for (int otherId : IDS) {
            long b = Fact.natural(other, otherId);
            assertTrue(Fact.areNatural(a, b));
            assertEquals(Fact.either(a, b), Fact.joined(a, b));
          }
        }
      }
    }
  }

  @Test
  void othersAreNotTakenForNaturalNumbers() {
    long natural = Fact.u32(1);
    long[] others = {
      Fact.UNKNOWN,
      Fact.exact(1),
      Fact.of(Fact.CLAMPED, 1, 1),
      Fact.of(ProofValues.MEMORY, 1, 1),
      Fact.pointer(ProofValues.STACK, 0, 0),
    };
    for (long other : others) {
      assertFalse(Fact.areNatural(natural, other));
      assertFalse(Fact.areNatural(other, natural));
      assertFalse(Fact.areNatural(other, other));
    }
  }
}
