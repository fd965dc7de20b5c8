package dev.tazza.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MappingBudgetTest {
  private static final int LIMIT = 8000;
  private static final int RESERVE = LIMIT / 8;

  private int foreign = 500;
  private int counts;
  private int collections;

  /** What unreachable objects hold, until somebody looks for garbage. */
  private int garbage;

  private final MappingBudget budget =
      new MappingBudget(
          new MappingBudget.Host() {
            @Override
            public int countMappings() {
              counts++;
              return foreign + budget().claimed();
            }

            @Override
            public int mappingLimit() {
              return LIMIT;
            }

            @Override
            public void collectGarbage() {
              collections++;
              if (garbage > 0) {
                budget().release(garbage);
                garbage = 0;
              }
            }
          });

  private MappingBudget budget() {
    return budget;
  }

  private int fill() {
    int claims = 0;
    try {
      while (claims < LIMIT) {
        budget.claim(2);
        claims++;
      }
    } catch (SysException full) {
      assertTrue(full.getMessage().contains("of at most 8000 memory mappings"), full.getMessage());
    }
    return claims;
  }

  @Test
  void aReserveIsLeft() {
    int claims = fill();
    assertEquals((LIMIT - RESERVE - foreign) / 2, claims);
    assertTrue(counts < 20, "counted " + counts + " times");
    assertThrows(SysException.class, () -> budget.claim(2));
    assertEquals(1, collections);
    budget.release(2);
    budget.claim(2);
    assertThrows(SysException.class, () -> budget.claim(2));
  }

  @Test
  void othersMappingsCount() {
    budget.claim(300);
    foreign += 3000;
    int claims = fill();
    assertTrue(claims < 2200, "claims: " + claims);
  }

  @Test
  void garbageIsLookedForOnceInAWhile() {
    fill();
    garbage = 100;
    // It was looked for a moment ago: not again.
    assertThrows(SysException.class, () -> budget.claim(2));
    assertEquals(1, collections);
  }

  @Test
  void whatGarbageHeldCanBeClaimed() {
    budget.claim(6400);
    garbage = 400;
    budget.claim(300);
    assertEquals(1, collections);
    assertEquals(6300, budget.claimed());
  }

  @Test
  void theSystemTells() throws IOException {
    Os os = Os.host();
    int lines = Files.readAllLines(Path.of("/proc/self/maps")).size();
    assertTrue(Math.abs(lines - os.countMappings()) < 30);
    try (var limit = Files.lines(Path.of("/proc/sys/vm/max_map_count"))) {
      assertEquals(limit.findFirst().orElseThrow(), Integer.toString(os.mappingLimit()));
    }
  }
}
