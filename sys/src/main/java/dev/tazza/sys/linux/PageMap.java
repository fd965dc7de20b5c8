package dev.tazza.sys.linux;

import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.ProcessShared;
import java.nio.charset.StandardCharsets;

/**
 * {@code /proc/self/pagemap} with the {@code PAGEMAP_SCAN} request of Linux 6.7: which pages of a
 * range are in which state, without walking over those that are not there.
 */
final class PageMap {
  private static final long PAGEMAP_SCAN = 0xc0606610L;
  private static final int O_CLOEXEC = 0x80000;
  private static final int AT_FDCWD = -100;

  // struct pm_scan_arg, 8 bytes a field.
  private static final int ARG_SIZE = 0;
  private static final int ARG_START = 16;
  private static final int ARG_END = 24;
  private static final int ARG_WALK_END = 32;
  private static final int ARG_VECTOR = 40;
  private static final int ARG_VECTOR_LENGTH = 48;
  private static final int ARG_INVERTED = 64;
  private static final int ARG_ALL_OF = 72;
  private static final int ARG_ANY_OF = 80;
  private static final int ARG_BYTES = 96;

  /** {@code struct page_region}: start, end, categories. */
  private static final int REGION_BYTES = 24;

  // Categories of pages.
  private static final int IS_FILE = 1 << 2;
  private static final int IS_PRESENT = 1 << 3;
  private static final int IS_SWAPPED = 1 << 4;
  private static final int IS_ZERO_PAGE = 1 << 5;

  /** Stays open for the life of the process; negative when the file cannot be opened. */
  private static final int DESCRIPTOR = open();

  /** More runs are not told: so many fit. */
  private static final int MOST_RUNS = (Scratch.SIZE - ARG_BYTES) / REGION_BYTES;

  private PageMap() {}

  private static int open() {
    synchronized (ProcessShared.lock()) {
      long known = ProcessShared.find("pagemap");
      if (known == 0) {
        known = openAnew() + 1L; // or descriptor 0 would be none
        ProcessShared.set("pagemap", known);
      }
      return (int) (known - 1);
    }
  }

  private static int openAnew() {
    byte[] path = "/proc/self/pagemap\0".getBytes(StandardCharsets.US_ASCII);
    long buffer = NativeHeap.allocate(path.length);
    try {
      NativeMemory.copy(path, 0, buffer, path.length);
      return (int) Syscall.call(SyscallNumber.OPENAT, AT_FDCWD, buffer, O_CLOEXEC, 0, 0, 0);
    } finally {
      NativeHeap.free(buffer);
    }
  }

  /** As {@link dev.tazza.sys.Os#modifiedRuns}. */
  static int modifiedRuns(long address, long size, long[] runs) {
    if (DESCRIPTOR < 0) {
      return -1;
    }
    int limit = Math.min(runs.length / 2, MOST_RUNS);
    long argument = Scratch.take();
    if (argument == 0) {
      return -1;
    }
    try {
      long vector = argument + ARG_BYTES;
      NativeMemory.fill(argument, ARG_BYTES, (byte) 0);
      NativeMemory.putLong(argument + ARG_SIZE, ARG_BYTES);
      NativeMemory.putLong(argument + ARG_START, address);
      NativeMemory.putLong(argument + ARG_END, address + size);
      NativeMemory.putLong(argument + ARG_VECTOR, vector);
      NativeMemory.putLong(argument + ARG_VECTOR_LENGTH, limit);
      // (not FILE) and (not ZERO_PAGE) and (PRESENT or SWAPPED)
      NativeMemory.putLong(argument + ARG_INVERTED, IS_FILE | IS_ZERO_PAGE);
      NativeMemory.putLong(argument + ARG_ALL_OF, IS_FILE | IS_ZERO_PAGE);
      NativeMemory.putLong(argument + ARG_ANY_OF, IS_PRESENT | IS_SWAPPED);
      long count = Syscall.call(SyscallNumber.IOCTL, DESCRIPTOR, PAGEMAP_SCAN, argument);
      boolean all = NativeMemory.getLong(argument + ARG_WALK_END) == address + size;
      if (Syscall.isError(count) || !all) {
        return -1;
      }
      for (int i = 0; i < count; i++) {
        long start = NativeMemory.getLong(vector + (long) REGION_BYTES * i);
        runs[2 * i] = start;
        runs[2 * i + 1] = NativeMemory.getLong(vector + (long) REGION_BYTES * i + 8) - start;
      }
      return (int) count;
    } finally {
      Scratch.give(argument);
    }
  }
}
