package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.NativeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryRegionsTest {
  private static final long PAGE = 64 << 10;
  private static final long GIB = 1L << 30;
  private static final MemoryPlan STATIC = plan(20);

  private static MemoryPlan plan(long pages) {
    return MemoryPlan.fixed(pages * PAGE, 4 * GIB, 4 * GIB, 2 * GIB, 2 * GIB);
  }

  private static MemoryImage image(int seed) {
    byte[] first = new byte[10_000];
    new Random(seed).nextBytes(first);
    byte[] second = {1, 2, 3, 4};
    return new MemoryImage(
        List.of(
            new MemoryImage.Piece(70_000, first, 0, 10_000),
            new MemoryImage.Piece(100_000, second, 1, 2),
            new MemoryImage.Piece(79_999, second, 3, 1),
            new MemoryImage.Piece(5, second, 0, 0)));
  }

  private static byte[] contents(LinearMemory memory) {
    byte[] bytes = new byte[(int) memory.length()];
    NativeMemory.copy(memory.base(), bytes, 0, bytes.length);
    return bytes;
  }

  @Test
  void imagesHoldTheirPieces() {
    try (MemoryRegions regions = new MemoryRegions(2);
        MemoryImage image = image(1);
        LinearMemory memory = new LinearMemory(regions, STATIC, image)) {
      assertEquals(69_632, image.offset());
      assertEquals(8 * 4096, image.size());
      byte[] expected = new byte[(int) (20 * PAGE)];
      byte[] first = new byte[10_000];
      new Random(1).nextBytes(first);
      System.arraycopy(first, 0, expected, 70_000, 10_000);
      expected[100_000] = 2;
      expected[100_001] = 3;
      expected[79_999] = 4;
      assertArrayEquals(expected, contents(memory));
    }
    assertThrows(IllegalArgumentException.class, () -> new MemoryImage(List.of()));
  }

  @Test
  void theImageMustFit() {
    try (MemoryRegions regions = new MemoryRegions(2);
        MemoryImage image = image(1)) {
      assertThrows(IllegalArgumentException.class, () -> new LinearMemory(regions, plan(1), image));
    }
  }

  /** What one user wrote, the next one never sees, whatever was mapped before and is wanted now. */
  @Test
  void reusedRegionsShowNothingOfTheLastUser() {
    Random random = new Random(42);
    MemoryImage[] images = {null, image(1), image(2)};
    byte[][] fresh = new byte[3][];
    for (int i = 0; i < 3; i++) {
      try (MemoryRegions none = new MemoryRegions(0);
          LinearMemory memory = new LinearMemory(none, STATIC, images[i])) {
        fresh[i] = contents(memory);
      }
    }
    try (MemoryRegions regions = new MemoryRegions(2)) {
      for (int round = 0; round < 300; round++) {
        int which = random.nextInt(3);
        int pages = 2 + random.nextInt(30);
        LinearMemory memory = new LinearMemory(regions, plan(pages), images[which]);
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
        memory.close();
      }
    }
    images[1].close();
    images[2].close();
  }

  @Test
  void regionsAreReused() {
    try (MemoryRegions regions = new MemoryRegions(1);
        MemoryImage image = image(1)) {
      long base = open(regions, STATIC, null);
      assertEquals(base, open(regions, STATIC, null));
      assertEquals(base, open(regions, STATIC, image));
      assertEquals(base, open(regions, plan(30), image));
      MemoryPlan other = MemoryPlan.fixed(PAGE, GIB, GIB, 0, PAGE);
      assertNotEquals(base, open(regions, other, null));
    }
  }

  @Test
  void modulesDoNotTakeEachOthersRegions() {
    try (MemoryRegions regions = new MemoryRegions(3);
        MemoryImage image = image(1);
        MemoryImage another = image(2)) {
      long plain = open(regions, STATIC, null);
      long first = open(regions, STATIC, image);
      long larger = open(regions, plan(30), image);
      assertNotEquals(plain, first);
      assertNotEquals(first, larger);
      for (int i = 0; i < 3; i++) {
        assertEquals(first, open(regions, STATIC, image));
        assertEquals(plain, open(regions, STATIC, null));
        assertEquals(larger, open(regions, plan(30), image));
      }
      // Now that there is no room for a fourth, the one without image is the easiest to change.
      assertEquals(plain, open(regions, STATIC, another));
    }
  }

  private static long open(MemoryRegions regions, MemoryPlan plan, @Nullable MemoryImage image) {
    try (LinearMemory memory = new LinearMemory(regions, plan, image)) {
      return memory.base();
    }
  }

  @Test
  void movedMemoriesKeepTheirImage() {
    MemoryPlan movable = MemoryPlan.movable(20 * PAGE, 1000 * PAGE, 0, PAGE, PAGE);
    try (MemoryRegions regions = new MemoryRegions(1)) {
      MemoryImage image = image(3);
      LinearMemory memory = new LinearMemory(regions, movable, image);
      image.close();
      NativeMemory.putByte(memory.base() + 70_001, (byte) 77);
      NativeMemory.putByte(memory.base() + 3, (byte) 78);
      NativeMemory.putByte(memory.base() + 20 * PAGE - 1, (byte) 79);
      byte[] before = contents(memory);
      assertTrue(memory.grow(40 * PAGE));
      assertTrue(memory.grow(900 * PAGE));
      assertArrayEquals(Arrays.copyOf(before, (int) (900 * PAGE)), contents(memory));
      memory.close();
    }
  }

  @Test
  void nothingLeaks() throws IOException {
    long before = mappings();
    for (int i = 0; i < 20; i++) {
      try (MemoryRegions regions = new MemoryRegions(3)) {
        for (int j = 0; j < 10; j++) {
          MemoryImage image = image(j);
          LinearMemory first = new LinearMemory(regions, STATIC, image);
          LinearMemory second = new LinearMemory(regions, plan(3), image);
          image.close();
          first.close();
          second.close();
        }
      }
    }
    assertTrue(mappings() < before + 20, "mappings before and after");
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertTrue(descriptors.filter(fd -> target(fd).contains("tazza-memory")).findAny().isEmpty());
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException gone) {
      return "";
    }
  }

  private static long mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).size();
  }
}
