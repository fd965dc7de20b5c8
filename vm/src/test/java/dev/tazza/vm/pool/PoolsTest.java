package dev.tazza.vm.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.vm.memory.MemoryPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolsTest {
  private static final long PAGE = 64 << 10;
  private static final long MIB = 1 << 20;

  private static PoolSettings settings(
      int count, int warm, int batch, long memoryKept, long tableKept, boolean scans) {
    return new PoolSettings(
        SlotStrategy.REUSE_AFFINITY,
        count,
        8192,
        1,
        10_000,
        1,
        4 * MIB,
        warm,
        batch,
        memoryKept,
        tableKept,
        scans,
        Duration.ZERO);
  }

  private static MemoryImage image(int seed) {
    byte[] bytes = new byte[100_000];
    new Random(seed).nextBytes(bytes);
    return new MemoryImage(List.of(new MemoryImage.Piece(70_000, bytes, 0, bytes.length)));
  }

  private static MemoryPlan plan(long pages) {
    return MemoryPlan.fixed(pages * PAGE, 64 * PAGE, 4L << 30, 2L << 30, 2L << 30);
  }

  private static LinearMemory memory(MemoryPool pool, long pages, @Nullable MemoryImage image) {
    return new LinearMemory(pool, plan(pages), image, null);
  }

  private static byte[] contents(LinearMemory memory) {
    byte[] bytes = new byte[(int) memory.length()];
    NativeMemory.copy(memory.base(), bytes, 0, bytes.length);
    return bytes;
  }

  /** However contents are set back, and whatever was mapped before and is wanted now. */
  @ParameterizedTest
  @CsvSource({
    "3, 1, 262144, true",
    "3, 1, 262144, false",
    "3, 1, 0, true",
    "3, 2, 0, false",
    "0, 1, 4096, true",
    "1, 3, 65536, true",
  })
  void memoriesShowNothingOfTheLastUser(int warm, int batch, long kept, boolean scans) {
    Random random = new Random(42);
    @Nullable MemoryImage[] images = {null, image(1), image(2)};
    MemoryPool pool = new MemoryPool(settings(3, warm, batch, kept, 0, scans), Tunables.DEFAULT);
    byte[][] fresh = new byte[3][];
    for (int i = 0; i < 3; i++) {
      try (LinearMemory memory = memory(pool, 20, images[i])) {
        fresh[i] = contents(memory);
      }
    }
    List<LinearMemory> open = new ArrayList<>();
    for (int round = 0; round < 300; round++) {
      if (open.size() == 3) {
        open.remove(random.nextInt(3)).close();
      }
      int which = random.nextInt(3);
      int pages = 3 + random.nextInt(30);
      LinearMemory memory = memory(pool, pages, images[which]);
      open.add(memory);
      byte[] expected = Arrays.copyOf(fresh[which], (int) (pages * PAGE));
      assertArrayEquals(expected, contents(memory), "round " + round);
      if (random.nextInt(4) == 0) {
        assertTrue(memory.grow(memory.length() + random.nextInt(10) * PAGE));
      }
      int writes = 1 << random.nextInt(9);
      for (int i = 0; i < writes; i++) {
        long at = Math.floorMod(random.nextLong(), memory.length());
        NativeMemory.putByte(memory.base() + at, (byte) -1);
      }
      if (random.nextInt(10) == 0) {
        NativeMemory.fill(memory.base(), memory.length(), (byte) 5);
      }
      if (random.nextBoolean()) {
        memory.space().noteOneThread();
      }
    }
    open.forEach(LinearMemory::close);
    assertTrue(pool.unusedWarm() <= warm);
    pool.unmap();
    for (MemoryImage image : images) {
      if (image != null) {
        image.close();
      }
    }
  }

  @Test
  void theSameImageIsFoundInItsSlot() {
    MemoryPool pool = new MemoryPool(settings(4, 4, 1, MIB, 0, true), Tunables.DEFAULT);
    try (MemoryImage first = image(1);
        MemoryImage second = image(2)) {
      long firstBase = use(pool, first);
      long secondBase = use(pool, second);
      assertNotEquals(firstBase, secondBase);
      for (int i = 0; i < 3; i++) {
        assertEquals(firstBase, use(pool, first));
        assertEquals(secondBase, use(pool, second));
      }
      assertEquals(8, pool.acquired());
      assertEquals(6, pool.reused());
    }
    pool.unmap();
  }

  private static long use(MemoryPool pool, MemoryImage image) {
    try (LinearMemory memory = memory(pool, 20, image)) {
      return memory.base();
    }
  }

  /** Room and guard of each slot are where the layout says, and a guard is in front of all. */
  @Test
  void slotsAreApartByRoomAndGuard() throws IOException {
    Tunables tunables =
        Tunables.DEFAULT
            .with(Tunable.STATIC_MEMORY_MAXIMUM_SIZE, 8 * MIB)
            .with(Tunable.STATIC_MEMORY_GUARD_SIZE, MIB);
    MemoryPool pool = new MemoryPool(settings(3, 3, 1, MIB, 0, true), tunables);
    LinearMemory first = memory(pool, 1, null);
    LinearMemory second = memory(pool, 2, null);
    assertEquals(9 * MIB, second.base() - first.base());
    assertEquals("rw-p", protection(first.base()));
    assertEquals("---p", protection(first.base() - 1));
    assertEquals("---p", protection(first.base() - MIB));
    assertEquals("---p", protection(first.base() + PAGE));
    assertEquals("---p", protection(second.base() - 1));
    assertEquals("rw-p", protection(second.base() + 2 * PAGE - 1));
    assertTrue(first.mayFaultAt(first.base() + 9 * MIB - 1));
    assertEquals(false, first.mayFaultAt(second.base()));
    first.close();
    second.close();
    pool.unmap();
  }

  private static String protection(long address) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
      if (Long.parseUnsignedLong(range[0], 16) <= address
          && address < Long.parseUnsignedLong(range[1], 16)) {
        return line.split(" ")[1];
      }
    }
    return "none";
  }

  @Test
  void growthEndsAtTheLimit() {
    MemoryPool pool = new MemoryPool(settings(1, 1, 1, MIB, 0, true), Tunables.DEFAULT);
    MemoryPlan movable = MemoryPlan.movable(PAGE, 1L << 40, 0, PAGE, PAGE);
    try (LinearMemory memory = new LinearMemory(pool, movable, null, null)) {
      long base = memory.base();
      assertTrue(memory.grow(4 * MIB));
      assertEquals(base, memory.base(), "it has no reason to move");
      assertTrue(!memory.grow(4 * MIB + PAGE));
    }
    pool.unmap();
  }

  /** Slots wait with their contents, but are given to nobody so; who needs one ends the wait. */
  @Test
  void slotsWaitForTheirBatch() {
    MemoryPool pool = new MemoryPool(settings(2, 2, 3, 0, 0, true), Tunables.DEFAULT);
    LinearMemory first = memory(pool, 1, null);
    LinearMemory second = memory(pool, 1, null);
    long base = first.base();
    NativeMemory.putByte(base, (byte) 7);
    first.close();
    assertEquals(7, NativeMemory.getByte(base), "the batch is not complete");
    LinearMemory third = memory(pool, 1, null);
    assertEquals(base, third.base());
    assertEquals(0, NativeMemory.getByte(base));
    NativeMemory.putByte(base, (byte) 8);
    second.close();
    third.close();
    assertEquals(8, NativeMemory.getByte(base));
    assertEquals(0, pool.inUse());
    pool.unmap();
  }

  @Test
  void aFullBatchIsGivenBack() {
    MemoryPool pool = new MemoryPool(settings(4, 4, 3, 0, 0, true), Tunables.DEFAULT);
    LinearMemory[] memories = new LinearMemory[4];
    long[] bases = new long[4];
    for (int i = 0; i < 4; i++) {
      memories[i] = memory(pool, 1, null);
      bases[i] = memories[i].base();
      NativeMemory.putByte(bases[i] + 5000, (byte) 7);
    }
    for (int i = 0; i < 3; i++) {
      memories[i].close();
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(0, NativeMemory.getByte(bases[i] + 5000), "memory " + i);
    }
    assertEquals(7, NativeMemory.getByte(bases[3] + 5000), "which is in use");
    memories[3].close();
    pool.unmap();
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 5", "4096, 1, 5", "16384, 2, 0", "1000000, 1, 1"})
  void blocksAreZeroWhoeverHadThem(long kept, int batch, int warm) {
    Random random = new Random(3);
    BlockPool pool = new BlockPool("blocks", 6, 80_000, kept, settings(6, warm, batch, 0, 0, true));
    assertEquals(81_920, pool.blockSize());
    List<Long> taken = new ArrayList<>();
    for (int round = 0; round < 400; round++) {
      long block = pool.take();
      if (block == 0) {
        assertEquals(6, taken.size());
        long given = taken.remove(random.nextInt(6));
        int used = random.nextInt(4) == 0 ? 80_000 : random.nextInt(6000);
        NativeMemory.fill(given, used, (byte) round);
        pool.put(given, used);
      } else {
        byte[] bytes = new byte[80_000];
        NativeMemory.copy(block, bytes, 0, bytes.length);
        assertArrayEquals(new byte[80_000], bytes, "round " + round);
        assertEquals(0, block % 4096);
        taken.add(block);
      }
    }
    pool.unmap();
  }

  @Test
  void nothingLeaks() {
    int before = MappingBudget.process().claimed();
    for (int i = 0; i < 20; i++) {
      PoolingAllocator pools =
          new PoolingAllocator(settings(5, 2, 2, 0, 0, true), Tunables.DEFAULT);
      pools.retain();
      try (MemoryImage image = image(i)) {
        for (int j = 0; j < 5; j++) {
          new LinearMemory(pools.memories(), plan(20), image, null).close();
        }
        pools.close();
        pools.close();
        LinearMemory last = new LinearMemory(pools.memories(), plan(20), image, null);
        NativeMemory.putByte(last.base(), (byte) 1);
        last.close();
      }
      pools.release();
    }
    assertEquals(before, MappingBudget.process().claimed());
  }
}
