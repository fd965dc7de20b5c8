package dev.tazza.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BulkMemoryTest {
  /** Around these the code takes another way; the last two are where the C library takes over. */
  private static final int[] LIMITS = {512, 1024, 4096, 24 << 10, 128 << 10};

  private static final int SIZE = 2 * (128 << 10) + 4096;

  private final Random random = new Random(1);
  private final byte[] expected = new byte[SIZE];
  private final byte[] found = new byte[SIZE];
  private long block;

  @BeforeEach
  void allocate() {
    block = NativeHeap.allocate(SIZE);
    random.nextBytes(expected);
    NativeMemory.copy(expected, 0, block, SIZE);
  }

  @AfterEach
  void free() {
    NativeHeap.free(block);
  }

  @Test
  void copiesShortBlocksAtAllDistances() {
    for (int count = 0; count <= 520; count++) {
      for (int round = 0; round < 12; round++) {
        int to = 300 + random.nextInt(300);
        copy(to, to + random.nextInt(600) - 300, count, 2048);
      }
      copy(320, 320, count, 2048);
      copy(321, 321 + count, count, 2048);
      copy(321 + count, 321, count, 2048);
      copy(320, 321, count, 2048);
      copy(321, 320, count, 2048);
    }
  }

  @Test
  void copiesLongBlocks() {
    for (int limit : LIMITS) {
      for (int count = limit - 66; count <= limit + 66; count += 1 + random.nextInt(11)) {
        int to = 256 + random.nextInt(256);
        copy(to, to + random.nextInt(512) - 256, count, SIZE);
        copy(to, to + count + random.nextInt(128), count, SIZE);
        copy(to + count + random.nextInt(128), to, count, SIZE);
      }
    }
  }

  @Test
  void fillsBlocks() {
    for (int count = 0; count <= 520; count++) {
      for (int round = 0; round < 8; round++) {
        fill(64 + random.nextInt(128), count, 1024);
      }
    }
    for (int limit : LIMITS) {
      for (int count = limit - 66; count <= limit + 66; count += 1 + random.nextInt(11)) {
        fill(64 + random.nextInt(128), count, SIZE);
      }
    }
  }

  private void copy(int to, int from, int count, int size) {
    System.arraycopy(expected, from, expected, to, count);
    NativeCall.invoke(BulkMemory.copy(), block + to, block + from, count);
    check("copy of " + count + " from " + from + " to " + to, size);
  }

  private void fill(int to, int count, int size) {
    int value = random.nextInt();
    Arrays.fill(expected, to, to + count, (byte) value);
    NativeCall.invoke(BulkMemory.fill(), block + to, value, count);
    check("fill of " + count + " at " + to, size);
  }

  /** Compares the first {@code size} bytes: what was to be written, and what was not. */
  private void check(String what, int size) {
    NativeMemory.copy(block, found, 0, size);
    assertEquals(-1, Arrays.mismatch(expected, 0, size, found, 0, size), what);
  }
}
