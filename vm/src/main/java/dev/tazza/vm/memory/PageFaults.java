package dev.tazza.vm.memory;

import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import org.jspecify.annotations.Nullable;

/**
 * The page faults of platform threads, each counted by the thread itself. A count is an array of
 * one number, the same for a thread at all times: no class of ours, which the thread would keep
 * loaded.
 */
final class PageFaults {
  private static final Os OS = Os.host();
  private static final boolean COUNTED = isCounted();
  private static final ThreadLocal<long[]> OF_THREAD = new ThreadLocal<>();

  /** The number's place in the array, so far from both ends that no two are in a cache line. */
  private static final int NUMBER = 16;

  private PageFaults() {}

  /** Whether the first write to a page counts here. */
  private static boolean isCounted() {
    long page = OS.allocate(OS.pageSize());
    try {
      long before = OS.pageFaults();
      NativeMemory.putByte(page, (byte) 1);
      return before >= 0 && OS.pageFaults() > before;
    } finally {
      OS.unmap(page, OS.pageSize());
    }
  }

  /**
   * The count of the current thread as of when it {@link #look looked} last; null when there is
   * none: a virtual thread is on many threads of the system.
   */
  static long @Nullable [] ofThisThread() {
    if (!COUNTED || Thread.currentThread().isVirtual()) {
      return null;
    }
    long[] known = OF_THREAD.get();
    if (known == null) {
      known = new long[2 * NUMBER];
      look(known);
      OF_THREAD.set(known);
    }
    return known;
  }

  /** Counts again; {@code ofThisThread} is the current thread's. */
  static long look(long[] ofThisThread) {
    ofThisThread[NUMBER] = OS.pageFaults();
    return ofThisThread[NUMBER];
  }

  /** What it was when {@link #look} looked last. */
  static long known(long[] ofThread) {
    return ofThread[NUMBER];
  }
}
