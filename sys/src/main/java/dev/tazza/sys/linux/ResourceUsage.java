package dev.tazza.sys.linux;

import dev.tazza.sys.NativeMemory;

/** What the system counts for a thread: {@code getrusage}. */
final class ResourceUsage {
  private static final int RUSAGE_THREAD = 1;

  // struct rusage: two times of 16 bytes each, then numbers of 8 bytes.
  private static final int MINOR_FAULTS = 64;
  private static final int MAJOR_FAULTS = 72;

  private ResourceUsage() {}

  /** As {@link dev.tazza.sys.Os#pageFaults}. */
  static long pageFaults() {
    long block = Scratch.take();
    if (block == 0) {
      return -1;
    }
    try {
      long result = Syscall.call(SyscallNumber.GETRUSAGE, RUSAGE_THREAD, block, 0);
      return Syscall.isError(result)
          ? -1
          : NativeMemory.getLong(block + MINOR_FAULTS) + NativeMemory.getLong(block + MAJOR_FAULTS);
    } finally {
      Scratch.give(block);
    }
  }
}
