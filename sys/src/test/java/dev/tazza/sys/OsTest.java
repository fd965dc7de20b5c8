package dev.tazza.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OsTest {
  private static final long MIB = 1 << 20;
  private final Os os = Os.host();

  @Test
  void allocatedMemoryIsZeroAndWritable() {
    long address = os.allocate(MIB);
    assertEquals(0, NativeMemory.getLong(address + MIB - 8));
    NativeMemory.putLong(address, 42);
    os.protect(address, MIB, Protection.READ);
    assertEquals(42, NativeMemory.getLong(address));
    os.protect(address, MIB, Protection.READ_WRITE);
    os.discard(address, MIB);
    assertEquals(0, NativeMemory.getLong(address));
    os.unmap(address, MIB);
  }

  @Test
  void reservationsCostNoMemoryAndShowNoAccess() throws IOException {
    long address = os.reserve(1L << 40);
    assertEquals("---p", permissions(address));
    os.protect(address, MIB, Protection.READ_WRITE);
    assertEquals("rw-p", permissions(address));
    os.reserveAgain(address, MIB);
    assertEquals("---p", permissions(address));
    os.unmap(address, 1L << 40);
    assertEquals("", permissions(address));
  }

  @Test
  void movedPagesKeepTheirContents() {
    long from = os.allocate(MIB);
    long to = os.reserve(2 * MIB);
    NativeMemory.putInt(from + 123, 77);
    os.move(from, to, MIB);
    assertEquals(77, NativeMemory.getInt(to + 123));
    os.unmap(to, 2 * MIB);
  }

  @Test
  void privateMappingsOfAFileDoNotWriteToIt() {
    int file = os.createMemoryFile("tazza-test");
    long size = 2L * os.pageSize();
    os.resizeFile(file, size);
    long first = os.reserve(size);
    long second = os.reserve(size);
    os.mapPrivate(first, size, Protection.READ_WRITE, file, 0);
    os.mapPrivate(second, size, Protection.READ_WRITE, file, 0);
    NativeMemory.putByte(first, (byte) 1);
    assertEquals(0, NativeMemory.getByte(second));
    os.discard(first, size);
    assertEquals(0, NativeMemory.getByte(first));
    os.unmap(first, size);
    os.unmap(second, size);
    os.closeFile(file);
    assertThrows(SysException.class, () -> os.closeFile(file));
  }

  @Test
  void modifiedPagesAreFound() {
    long page = os.pageSize();
    int file = os.createMemoryFile("tazza-test");
    os.resizeFile(file, 4 * page);
    long address = os.allocate(20 * page);
    os.mapPrivate(address + 10 * page, 4 * page, Protection.READ_WRITE, file, 0);
    long[] runs = new long[8];
    int none = os.modifiedRuns(address, 20 * page, runs);
    assumeTrue(none >= 0, "the kernel cannot tell");
    assertEquals(0, none);
    NativeMemory.putByte(address + 3 * page, (byte) 1);
    NativeMemory.putByte(address + 4 * page, (byte) 0);
    assertEquals(0, NativeMemory.getByte(address + 7 * page));
    assertEquals(0, NativeMemory.getByte(address + 10 * page));
    NativeMemory.putByte(address + 12 * page, (byte) 1);
    NativeMemory.putByte(address + 19 * page, (byte) 1);
    assertEquals(3, os.modifiedRuns(address, 20 * page, runs));
    assertArrayEquals(
        new long[] {
          address + 3 * page, 2 * page, address + 12 * page, page, address + 19 * page, page, 0, 0
        },
        runs);
    assertEquals(1, os.modifiedRuns(address, 10 * page, runs));
    assertEquals(-1, os.modifiedRuns(address, 20 * page, new long[4]));
    os.discard(address, 20 * page);
    assertEquals(0, os.modifiedRuns(address, 20 * page, runs));
    os.unmap(address, 20 * page);
    os.closeFile(file);
  }

  @Test
  void refusalsNameTheCallTheSizeAndTheError() {
    SysException tooMuch = assertThrows(SysException.class, () -> os.reserve(1L << 50));
    assertEquals(
        "mmap (reserve, 1125899906842624 bytes): out of memory, address space or mappings (ENOMEM)",
        tooMuch.getMessage());
    assertEquals(12, tooMuch.errno());
    assertThrows(SysException.class, () -> os.protect(1, 4096, Protection.READ));
  }

  @Test
  void sizesRoundUpToPages() {
    assertEquals(0, os.roundToPages(0));
    assertEquals(4096, os.roundToPages(1));
    assertEquals(4096, os.roundToPages(4096));
    assertThrows(ArithmeticException.class, () -> os.roundToPages(Long.MAX_VALUE));
  }

  @Test
  void theJvmHandlesMemoryFaults() {
    SignalAction action = os.signalAction(os.signals().segv());
    assertNotEquals(SignalAction.DEFAULT, action.handler());
    assertTrue((action.flags() & SignalAction.WITH_INFO) != 0);
  }

  @Test
  void exchangedActionsComeBack() {
    int unused = 50; // a real-time signal that the JVM leaves alone
    SignalAction ignore = new SignalAction(SignalAction.IGNORE, SignalAction.RESTART, 1 << 2);
    SignalAction before = os.exchangeSignalAction(unused, ignore);
    assertEquals(SignalAction.DEFAULT, before.handler());
    assertEquals(ignore, os.signalAction(unused));
    assertEquals(ignore, os.exchangeSignalAction(unused, before));
  }

  @Test
  void threadsHaveTheirOwnIds() throws InterruptedException {
    long here = os.threadId();
    long[] there = new long[1];
    Thread thread = new Thread(() -> there[0] = os.threadId());
    thread.start();
    thread.join();
    assertNotEquals(here, there[0]);
    assertFalse(there[0] <= 0);
  }

  private static String permissions(long address) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] parts = line.split("[- ]", 4);
      long low = Long.parseUnsignedLong(parts[0], 16);
      long high = Long.parseUnsignedLong(parts[1], 16);
      if (Long.compareUnsigned(low, address) <= 0 && Long.compareUnsigned(address, high) < 0) {
        return line.split(" ")[1];
      }
    }
    return "";
  }

  /** Without its fence the two threads miss each other's stores within this time. */
  @Test
  void fencesWorkInOtherThreads() throws InterruptedException {
    assumeTrue(os.canFenceThreads());
    int rounds = 10_000;
    Dekker dekker = new Dekker();
    Thread cheap = new Thread(() -> dekker.cheapSide(rounds));
    cheap.start();
    int bothZero = 0;
    for (int i = 1; i <= rounds; i++) {
      dekker.y = 0;
      dekker.begin(i);
      dekker.y = 1;
      os.fenceThreads();
      int seen = dekker.x;
      dekker.awaitOther(i);
      bothZero += seen == 0 && dekker.seenByOther == 0 ? 1 : 0;
    }
    cheap.join();
    assertEquals(0, bothZero);
  }

  /** One thread stores x and loads y, without a fence between, the other the other way around. */
  private static final class Dekker {
    private volatile int round;
    private volatile int answered;
    private int x;
    private volatile int y;
    private int seenByOther;

    void begin(int i) {
      x = 0;
      round = i;
    }

    void cheapSide(int rounds) {
      for (int i = 1; i <= rounds; i++) {
        while (round != i) {
          Thread.onSpinWait();
        }
        x = 1;
        VarHandle.releaseFence();
        VarHandle.acquireFence();
        seenByOther = y;
        answered = i;
      }
    }

    void awaitOther(int i) {
      while (answered != i) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void theFirstWriteToAPageIsAFault() {
    long size = 64L * os.pageSize();
    long address = os.allocate(size);
    os.preferSmallPages(address, size);
    long before = os.pageFaults();
    for (long at = 0; at < size; at += os.pageSize()) {
      NativeMemory.putByte(address + at, (byte) 1);
    }
    assertTrue(os.pageFaults() - before >= 64);
    os.unmap(address, size);
  }
}
