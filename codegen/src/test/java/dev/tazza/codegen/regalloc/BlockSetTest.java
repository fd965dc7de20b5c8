package dev.tazza.codegen.regalloc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BlockSetTest {
  private static final int BLOCKS = 20_000;

  private static List<Integer> take(BlockSet set) {
    List<Integer> blocks = new ArrayList<>();
    for (int word = set.nextWord(0); word >= 0; word = set.nextWord(word)) {
      for (long m = set.takeWord(word); m != 0; m &= m - 1) {
        blocks.add((word << 6) + Long.numberOfTrailingZeros(m));
      }
    }
    return blocks;
  }

  @Test
  void givesBlocksInOrderAndIsEmptyThen() {
    Random random = new Random(1);
    BlockSet set = new BlockSet(BLOCKS);
    for (int size : new int[] {0, 1, 5, 300, 5000}) {
      TreeSet<Integer> expected = new TreeSet<>();
      for (int k = 0; k < size; k++) {
        int block = random.nextInt(BLOCKS);
        assertEquals(expected.add(block), set.add(block));
      }
      assertEquals(new ArrayList<>(expected), take(set));
    }
  }

  @Test
  void hasTheFirstAndTheLastBlock() {
    BlockSet set = new BlockSet(64 * 64);
    set.add(64 * 64 - 1);
    set.add(0);
    assertEquals(Arrays.asList(0, 64 * 64 - 1), take(set));
  }
}
