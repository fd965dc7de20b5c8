package dev.tazza.vm.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FreeExtentsTest {

  @Test
  void firstFit() {
    FreeExtents free = new FreeExtents(1000, 100);
    assertEquals(1000, free.take(10, 1));
    assertEquals(1010, free.take(20, 1));
    assertEquals(1030, free.take(70, 1));
    assertEquals(-1, free.take(1, 1));
    free.put(1010, 20);
    free.put(1030, 70);
    assertEquals(1, free.count());
    assertEquals(-1, free.take(91, 1));
    assertEquals(1010, free.take(90, 1));
  }

  @Test
  void alignedOnesLeaveWhatIsBeforeThem() {
    FreeExtents free = new FreeExtents(1000, 100);
    assertEquals(1024, free.take(16, 32));
    assertEquals(1000, free.take(24, 1));
    assertEquals(1056, free.take(44, 32));
    assertEquals(-1, free.take(17, 1));
    assertEquals(1040, free.take(16, 16));
    assertEquals(0, free.total());
    free.put(1040, 60);
    assertEquals(-1, free.take(1, 1024));
    assertEquals(60, free.total());
  }

  @Test
  void neighboursJoin() {
    FreeExtents free = new FreeExtents(0, 30);
    assertEquals(0, free.take(30, 1));
    free.put(20, 10);
    free.put(0, 10);
    assertEquals(2, free.count());
    free.put(10, 10);
    assertEquals(1, free.count());
    assertEquals(30, free.total());
  }

  @Test
  void randomUseEndsWhole() {
    Random random = new Random(7);
    FreeExtents free = new FreeExtents(0, 10_000);
    List<long[]> taken = new ArrayList<>();
    boolean[] used = new boolean[10_000];
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(5) < 3) {
        int size = 1 + random.nextInt(100);
        long alignment = 1L << random.nextInt(8);
        long start = free.take(size, alignment);
        assertTrue(start < 0 || start % alignment == 0);
        for (long i = start; start >= 0 && i < start + size; i++) {
          assertTrue(!used[(int) i]);
          used[(int) i] = true;
        }
        if (start >= 0) {
          taken.add(new long[] {start, size});
        }
      } else if (!taken.isEmpty()) {
        long[] extent = taken.remove(random.nextInt(taken.size()));
        free.put(extent[0], extent[1]);
        for (long i = extent[0]; i < extent[0] + extent[1]; i++) {
          used[(int) i] = false;
        }
      }
    }
    for (long[] extent : taken) {
      free.put(extent[0], extent[1]);
    }
    assertEquals(1, free.count());
    assertEquals(10_000, free.total());
  }
}
