package dev.tazza.vm.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SlotsTest {
  private static Slots slots(int count, SlotStrategy strategy, int mostWarm) {
    return new Slots(count, strategy, mostWarm, new Random(1));
  }

  @Test
  void theNextAvailableIsTheOneReleasedLast() {
    Slots slots = slots(4, SlotStrategy.NEXT_AVAILABLE, 4);
    assertEquals(0, slots.take("a"));
    assertEquals(1, slots.take("b"));
    assertEquals(2, slots.take("c"));
    slots.put(0, "a");
    slots.put(2, "c");
    assertEquals(2, slots.take("a"));
    assertEquals(0, slots.take("c"));
    assertEquals(3, slots.take("a"));
    assertEquals(Slots.NONE, slots.take("a"));
  }

  @Test
  void affinityComesFirstThenColdOnesThenTheLongestFree() {
    Slots slots = slots(4, SlotStrategy.REUSE_AFFINITY, 2);
    assertEquals(0, slots.take("a"));
    assertEquals(1, slots.take("b"));
    slots.put(0, "a");
    slots.put(1, "b");
    assertEquals(0, slots.take("a"), "though b was released later");
    assertEquals(2, slots.take("a"), "b's stays for b while more may be warm");
    slots.put(0, "a");
    assertEquals(1, slots.take("c"), "as many are warm as may be: the one free for longest");
    assertEquals(0, slots.take("a"));
  }

  @Test
  void anyIsTaken() {
    Set<Integer> first = new HashSet<>();
    Slots slots = slots(8, SlotStrategy.RANDOM, 8);
    for (int i = 0; i < 200; i++) {
      int slot = slots.take("a");
      first.add(slot);
      slots.put(slot, "a");
    }
    assertEquals(8, first.size(), "all of them at some time");
  }

  @Test
  void noMoreStayWarmThanMay() {
    Slots slots = slots(3, SlotStrategy.REUSE_AFFINITY, 1);
    for (int i = 0; i < 3; i++) {
      assertEquals(i, slots.take("a"));
    }
    assertEquals(Slots.NONE, slots.put(1, "a"));
    assertEquals(1, slots.put(0, "b"), "the one that has been free for longer");
    assertEquals(1, slots.unusedWarm());
    assertEquals(1, slots.unused(), "nobody gets it before it is cold");
    slots.putCold(1);
    assertEquals(2, slots.unused());
    assertEquals(0, slots.take("a"), "one is warm, so no cold one may become so");
    assertEquals(1, slots.take("a"));
  }

  @Test
  void whoFindsNoneWaitsForOneThatIsCooling() throws InterruptedException {
    Slots slots = slots(1, SlotStrategy.NEXT_AVAILABLE, 0);
    int slot = slots.take("a");
    assertEquals(slot, slots.put(slot, "a"));
    int[] taken = {Slots.NONE};
    Thread other = new Thread(() -> taken[0] = slots.take("b"));
    other.start();
    slots.putCold(slot);
    other.join();
    assertEquals(slot, taken[0]);
  }

  @Test
  void aSlotIsReleasedOnce() {
    Slots slots = slots(2, SlotStrategy.NEXT_AVAILABLE, 2);
    int slot = slots.take("a");
    slots.put(slot, "a");
    assertThrows(IllegalStateException.class, () -> slots.put(slot, "a"));
  }

  /** Nobody gets what another one has, and nothing is lost, whatever the order. */
  @ParameterizedTest
  @EnumSource(SlotStrategy.class)
  void slotsAreUsedByOneAtATime(SlotStrategy strategy) {
    int count = 20;
    Random random = new Random(7);
    String[] keys = {"a", "b", "c", "d"};
    for (int mostWarm : new int[] {0, 1, 5, 20, 100}) {
      Slots slots = slots(count, strategy, mostWarm);
      String[] user = new String[count];
      BitSet used = new BitSet();
      for (int round = 0; round < 5000; round++) {
        String key = keys[random.nextInt(keys.length)];
        if (random.nextInt(100) < 50 + 30 * Math.sin(round / 200.0)) {
          int slot = slots.take(key);
          if (used.cardinality() == count) {
            assertEquals(Slots.NONE, slot);
          } else {
            assertFalse(used.get(slot), "slot " + slot);
            used.set(slot);
            user[slot] = key;
          }
        } else if (!used.isEmpty()) {
          int slot = used.nextSetBit(random.nextInt(used.length()));
          used.clear(slot);
          int victim = slots.put(slot, user[slot]);
          if (victim != Slots.NONE) {
            assertFalse(used.get(victim));
            slots.putCold(victim);
          }
        }
        assertEquals(count - used.cardinality(), slots.unused());
        assertTrue(slots.unusedWarm() <= mostWarm);
      }
    }
  }
}
