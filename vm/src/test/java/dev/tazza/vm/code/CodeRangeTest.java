package dev.tazza.vm.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.ResourceLimitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodeRangeTest {
  private static final byte[] RETURN_SUM = returnSum();

  private static byte[] returnSum() {
    Assembler code = new Assembler();
    code.lea(Registers.RAX, code.at(Registers.RDI, Registers.RSI, 1, 0));
    code.ret();
    return code.finish();
  }

  private final CodeRange range = CodeRange.process();

  @Test
  void publishedCodeRuns() throws IOException {
    try (CodeBlock block = range.allocate(100, this)) {
      assertEquals("rw-p", permissions(block.address()));
      block.write(16, RETURN_SUM, 0, RETURN_SUM.length);
      block.publish();
      assertEquals("r-xp", permissions(block.address()));
      assertEquals(7, NativeCall.invoke(block.address() + 16, 3, 4, 0));
      assertThrows(IllegalStateException.class, () -> block.write(0, RETURN_SUM, 0, 1));
      assertThrows(IllegalStateException.class, block::publish);
    }
  }

  @Test
  void nothingIsEverWritableAndExecutable() throws IOException {
    try (CodeBlock block = range.allocate(1, this)) {
      block.publish();
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        String[] parts = line.split("[- ]", 4);
        long low = Long.parseUnsignedLong(parts[0], 16);
        assertFalse(range.contains(low) && line.contains("rwxp"), line);
      }
    }
  }

  @Test
  void blocksAreFoundByPc() {
    CodeBlock first = range.allocate(5000, "first");
    CodeBlock second = range.allocate(1, "second");
    assertEquals(8192, first.size());
    assertSame(first, range.find(first.address()));
    assertSame(first, range.find(first.address() + 8191));
    assertSame(second, range.find(second.address()));
    assertEquals("second", second.owner());
    first.close();
    first.close();
    assertNull(range.find(first.address()));
    assertSame(second, range.find(second.address() + 1));
    second.close();
    assertNull(range.find(second.address()));
    assertNull(range.find(range.low() - 1));
  }

  @Test
  void freedSpaceIsReusedAndComesBackZeroed() {
    CodeBlock first = range.allocate(4096, this);
    first.write(0, RETURN_SUM, 0, 5);
    long address = first.address();
    first.close();
    CodeBlock again = range.allocate(4096, this);
    assertEquals(address, again.address());
    assertEquals(0, NativeMemory.getLong(address));
    again.close();
  }

  @Test
  void largeBlocksHaveLargePages() throws IOException {
    long large = 2 << 20;
    long available = range.available();
    CodeBlock small = range.allocate(1, this);
    CodeBlock most = range.allocate(large / 2 + 1, this);
    CodeBlock more = range.allocate(2 * large + 5000, this);
    assertEquals(large, most.size());
    assertEquals(2 * large + 8192, more.size());
    assertEquals(0, most.address() % large);
    assertEquals(0, more.address() % large);
    more.write(2 * large + 100, RETURN_SUM, 0, RETURN_SUM.length);
    more.publish();
    assertEquals("r-xp", permissions(more.address()));
    assertEquals(7, NativeCall.invoke(more.address() + 2 * large + 100, 3, 4, 0));
    small.close();
    more.close();
    most.close();
    assertEquals(available, range.available());
  }

  @Test
  void readingEndsWithTheBlock() {
    CodeBlock block = range.allocate(4096, this);
    block.write(16, RETURN_SUM, 0, RETURN_SUM.length);
    block.publish();
    byte[] read = new byte[RETURN_SUM.length];
    block.read(16, read, read.length);
    assertArrayEquals(RETURN_SUM, read);
    assertThrows(IndexOutOfBoundsException.class, () -> block.read(4094, read, read.length));
    block.close();
    assertThrows(IllegalStateException.class, () -> block.read(16, read, read.length));
  }

  @Test
  void writesStayInside() {
    try (CodeBlock block = range.allocate(4096, this)) {
      assertThrows(IndexOutOfBoundsException.class, () -> block.write(4094, RETURN_SUM, 0, 5));
      assertThrows(IndexOutOfBoundsException.class, () -> block.write(-1, RETURN_SUM, 0, 5));
    }
  }

  @Test
  void aFullRangeIsAClearError() {
    ResourceLimitException full =
        assertThrows(ResourceLimitException.class, () -> range.allocate(range.size() + 1, this));
    assertTrue(full.toString().contains("no room for 2147483649 bytes of machine code"));
  }

  @Test
  void threadsAllocateAtOnce() throws InterruptedException {
    long before = range.available();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int size = 1000 + 5000 * t;
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, e) -> failures.add(e))
              .start(() -> churn(size)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
    assertEquals(before, range.available());
  }

  private void churn(int size) {
    for (int i = 0; i < 200; i++) {
      try (CodeBlock block = range.allocate(size, this)) {
        block.write(0, RETURN_SUM, 0, 5);
        block.publish();
        assertEquals(i + 1, NativeCall.invoke(block.address(), i, 1, 0));
        assertSame(block, range.find(block.address()));
      }
    }
  }

  private static String permissions(long address) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] parts = line.split("[- ]", 4);
      if (Long.parseUnsignedLong(parts[0], 16) <= address
          && address < Long.parseUnsignedLong(parts[1], 16)) {
        return line.split(" ")[1];
      }
    }
    return "";
  }
}
