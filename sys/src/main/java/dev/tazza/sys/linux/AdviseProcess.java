package dev.tazza.sys.linux;

import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;

/**
 * {@code process_madvise} for this process: one call, and one round of interrupts to the other
 * processors, for many ranges. Linux 6.13 and later allow {@code MADV_DONTNEED} there, 6.15 and
 * later the descriptor that stands for the caller.
 */
final class AdviseProcess {
  private static final int PIDFD_SELF_THREAD_GROUP = -10001;
  private static final int MADV_DONTNEED = 4;

  /** {@code struct iovec}: address and length. */
  private static final int VECTOR_BYTES = 16;

  /** The most that one call takes: {@code UIO_MAXIOV}. */
  private static final int LARGEST = 1024;

  private AdviseProcess() {}

  /**
   * Drops the contents of ranges.
   *
   * @return whether all are dropped; some of them may be all the same otherwise
   */
  static boolean discard(long[] addresses, long[] sizes, int count) {
    if (count > LARGEST) {
      return false;
    }
    long vectors = NativeHeap.tryAllocate((long) VECTOR_BYTES * count);
    if (vectors == 0) {
      return false;
    }
    long sum = 0;
    for (int i = 0; i < count; i++) {
      NativeMemory.putLong(vectors + (long) VECTOR_BYTES * i, addresses[i]);
      NativeMemory.putLong(vectors + (long) VECTOR_BYTES * i + 8, sizes[i]);
      sum += sizes[i];
    }
    long done =
        Syscall.call(
            SyscallNumber.PROCESS_MADVISE,
            PIDFD_SELF_THREAD_GROUP,
            vectors,
            count,
            MADV_DONTNEED,
            0,
            0);
    NativeHeap.free(vectors);
    return done == sum;
  }
}
