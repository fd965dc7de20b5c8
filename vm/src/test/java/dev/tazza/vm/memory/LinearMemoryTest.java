package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.ResourceLimitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearMemoryTest {
  private static final long PAGE = 64 << 10;
  private static final long GIB = 1L << 30;
  private static final MemoryPlan STATIC =
      MemoryPlan.fixed(PAGE, 4 * GIB, 4 * GIB, 2 * GIB, 2 * GIB);

  private final MemoryRegions regions = new MemoryRegions(0);

  private LinearMemory memory(MemoryPlan plan) {
    return new LinearMemory(regions, plan, null);
  }

  @Test
  void staticMemoryGrowsInPlace() {
    try (LinearMemory memory = memory(STATIC)) {
      long base = memory.base();
      memory.write(PAGE - 2, new byte[] {1, 2, 3}, 0, 2);
      assertTrue(memory.grow(3 * PAGE));
      assertEquals(base, memory.base());
      assertEquals(3 * PAGE, memory.length());
      assertEquals(2, NativeMemory.getByte(base + PAGE - 1));
      assertEquals(0, NativeMemory.getByte(base + 3 * PAGE - 1));
      assertFalse(memory.grow(4 * GIB + PAGE));
      assertFalse(memory.grow(PAGE));
      assertEquals(3 * PAGE, memory.length());
    }
  }

  @Test
  void surroundingsAreInaccessible() throws IOException {
    try (LinearMemory memory = memory(STATIC)) {
      assertEquals("---p", permissions(memory.base() - 1));
      assertEquals("---p", permissions(memory.base() - 2 * GIB));
      assertEquals("rw-p", permissions(memory.base()));
      assertEquals("rw-p", permissions(memory.base() + PAGE - 1));
      assertEquals("---p", permissions(memory.base() + PAGE));
      assertEquals("---p", permissions(memory.base() + 6 * GIB - 1));
    }
  }

  @Test
  void aBoundThatIsNotMovableEndsGrowth() {
    try (LinearMemory memory = memory(MemoryPlan.fixed(PAGE, 10 * PAGE, 2 * PAGE, 0, PAGE))) {
      assertTrue(memory.grow(2 * PAGE));
      assertFalse(memory.grow(3 * PAGE));
    }
  }

  @Test
  void dynamicMemoryMovesWithItsContents() throws IOException {
    try (LinearMemory memory = memory(MemoryPlan.movable(PAGE, 100 * PAGE, PAGE, PAGE, PAGE))) {
      long base = memory.base();
      NativeMemory.putInt(base + 100, 42);
      assertTrue(memory.grow(2 * PAGE));
      assertEquals(base, memory.base());
      MemorySegment old = memory.segment();
      assertTrue(memory.grow(50 * PAGE));
      assertNotEquals(base, memory.base());
      assertEquals(42, NativeMemory.getInt(memory.base() + 100));
      assertEquals("---p", permissions(memory.base() + 50 * PAGE));
      assertThrows(IllegalStateException.class, () -> old.get(ValueLayout.JAVA_INT, 100));
      assertEquals(42, memory.segment().get(ValueLayout.JAVA_INT, 100));
      assertTrue(memory.grow(100 * PAGE));
      assertFalse(memory.grow(101 * PAGE));
    }
  }

  @Test
  void aMemoryThatCannotGrowStaysAsItIs() {
    try (LinearMemory memory = memory(MemoryPlan.movable(PAGE, Long.MAX_VALUE, PAGE, 0, PAGE))) {
      long base = memory.base();
      NativeMemory.putInt(base, 5);
      assertFalse(memory.grow(1L << 50));
      assertFalse(memory.grow(Long.MAX_VALUE));
      assertEquals(base, memory.base());
      assertEquals(PAGE, memory.length());
      assertEquals(5, NativeMemory.getInt(base));
    }
  }

  @Test
  void segmentsAreSharedUntilGrowthAndEndWithTheMemory() {
    LinearMemory memory = memory(STATIC);
    MemorySegment small = memory.segment();
    assertSame(small, memory.segment());
    assertEquals(PAGE, small.byteSize());
    memory.grow(2 * PAGE);
    assertEquals(2 * PAGE, memory.segment().byteSize());
    small.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    memory.close();
    memory.close();
    assertThrows(IllegalStateException.class, () -> small.get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, memory::segment);
    assertThrows(IllegalStateException.class, () -> memory.grow(3 * PAGE));
    assertThrows(IllegalStateException.class, () -> memory.write(0, new byte[1], 0, 1));
  }

  @Test
  void bytesThatAnotherThreadReadsIntoStayWhereTheyAre() throws IOException, InterruptedException {
    LinearMemory memory = memory(MemoryPlan.movable(PAGE, 100 * PAGE, 0, 0, PAGE));
    MemorySegment segment = memory.segment();
    Pipe pipe = Pipe.open();
    int[] got = new int[1];
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                got[0] = pipe.source().read(segment.asByteBuffer());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    while (!isInNativeRead(reader)) {
      Thread.onSpinWait();
    }
    assertFalse(memory.grow(50 * PAGE));
    assertThrows(IllegalStateException.class, memory::close);
    assertEquals(PAGE, memory.length());
    pipe.sink().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    reader.join();
    assertEquals(3, got[0]);
    assertTrue(memory.grow(50 * PAGE));
    assertEquals(3, NativeMemory.getByte(memory.base() + 2));
    memory.close();
    pipe.sink().close();
    pipe.source().close();
  }

  private static boolean isInNativeRead(Thread thread) {
    StackTraceElement[] frames = thread.getStackTrace();
    return frames.length > 0
        && frames[0].isNativeMethod()
        && frames[0].getMethodName().startsWith("read");
  }

  @Test
  void emptyMemories() {
    try (LinearMemory memory = memory(MemoryPlan.fixed(0, 0, 0, 0, 0))) {
      assertEquals(0, memory.segment().byteSize());
      assertFalse(memory.grow(1));
      assertTrue(memory.grow(0));
      memory.write(0, new byte[0], 0, 0);
      assertThrows(IndexOutOfBoundsException.class, () -> memory.write(0, new byte[1], 0, 1));
    }
  }

  @Test
  void theDefinitionFollowsGrowth() {
    long definition = NativeHeap.allocate(VmLayout.MEMORY_SIZE);
    try (LinearMemory memory = memory(MemoryPlan.movable(PAGE, 100 * PAGE, 0, 0, PAGE))) {
      memory.define(definition);
      assertEquals(definition, memory.definition());
      memory.grow(20 * PAGE);
      assertEquals(memory.base(), NativeMemory.getLong(definition + VmLayout.MEMORY_BASE));
      assertEquals(20 * PAGE, NativeMemory.getLong(definition + VmLayout.MEMORY_LENGTH));
      assertThrows(IllegalStateException.class, () -> memory.define(definition));
    }
    try (LinearMemory memory = memory(STATIC)) {
      long own = memory.definition();
      memory.grow(2 * PAGE);
      assertEquals(2 * PAGE, NativeMemory.getLong(own + VmLayout.MEMORY_LENGTH));
      assertEquals(own, memory.definition());
    }
    NativeHeap.free(definition);
  }

  @Test
  void impossibleSizesAreClearErrors() {
    assertThrows(
        ResourceLimitException.class, () -> memory(MemoryPlan.fixed(1L << 50, 1L << 50, 0, 0, 0)));
    assertThrows(
        ResourceLimitException.class,
        () -> memory(MemoryPlan.movable(1L << 50, Long.MAX_VALUE, 0, 0, 0)));
    assertThrows(IllegalArgumentException.class, () -> MemoryPlan.fixed(PAGE, PAGE - 1, 0, 0, 0));
  }

  /** There is no such address space. */
  @Test
  void roomToGrowIsAWish() {
    try (LinearMemory memory =
        memory(MemoryPlan.movable(PAGE, Long.MAX_VALUE, 1L << 50, PAGE, PAGE))) {
      assertTrue(memory.grow(20 * PAGE));
      NativeMemory.putByte(memory.base() + 20 * PAGE - 1, (byte) 7);
      assertTrue(memory.grow(1L << 33));
      assertEquals(7, NativeMemory.getByte(memory.base() + 20 * PAGE - 1));
    }
  }

  @Test
  void nothingLeaks() throws IOException {
    long before = mappings();
    for (int i = 0; i < 500; i++) {
      try (LinearMemory memory = memory(STATIC)) {
        memory.definition();
        memory.grow((2 + i) * PAGE);
        NativeMemory.putByte(memory.base() + memory.length() - 1, (byte) 1);
      }
      try (LinearMemory memory = memory(MemoryPlan.movable(PAGE, 100 * PAGE, PAGE, PAGE, PAGE))) {
        memory.grow(20 * PAGE);
      }
    }
    assertTrue(mappings() < before + 20, "mappings before and after");
  }

  private static long mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).size();
  }

  private static String permissions(long address) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/maps"));
    for (String line : lines) {
      String[] parts = line.split("[- ]", 4);
      if (Long.parseUnsignedLong(parts[0], 16) <= address
          && Long.compareUnsigned(address, Long.parseUnsignedLong(parts[1], 16)) < 0) {
        return line.split(" ")[1];
      }
    }
    return "";
  }

  @Test
  void growingByPagesMovesRarelyEvenWithoutSlack() {
    int moves = 0;
    try (LinearMemory memory = memory(MemoryPlan.movable(PAGE, 4 * GIB, 0, 0, PAGE))) {
      long base = memory.base();
      for (int pages = 2; pages <= 1000; pages++) {
        assertTrue(memory.grow(pages * PAGE));
        NativeMemory.putByte(memory.base() + pages * PAGE - 1, (byte) pages);
        moves += memory.base() == base ? 0 : 1;
        base = memory.base();
      }
      for (int pages = 2; pages <= 1000; pages++) {
        assertEquals((byte) pages, NativeMemory.getByte(base + pages * PAGE - 1));
      }
    }
    assertTrue(moves > 0 && moves < 40, "moves: " + moves);
  }
}
