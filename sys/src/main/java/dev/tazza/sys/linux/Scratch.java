package dev.tazza.sys.linux;

import dev.tazza.sys.NativeHeap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Blocks of native memory for what system calls read and write. Those that nobody uses now wait in
 * places that threads share seldom, each in cache lines of its own. Thread-safe.
 */
final class Scratch {
  /** Bytes of a block. */
  static final int SIZE = 2048;

  /** A power of two. */
  private static final int PLACES = 16;

  /** So many of the array's elements are 128 bytes: processors fetch lines in pairs. */
  private static final int APART = 16;

  private static final AtomicLongArray SPARE = new AtomicLongArray(APART * (PLACES + 1));

  private Scratch() {}

  private static int place() {
    return APART * (1 + ((int) Thread.currentThread().threadId() & PLACES - 1));
  }

  /** A block with arbitrary contents, or 0 when there is no memory. */
  static long take() {
    long spare = SPARE.getAndSet(place(), 0);
    return spare != 0 ? spare : NativeHeap.tryAllocate(SIZE);
  }

  /** Takes a block back. */
  static void give(long block) {
    NativeHeap.free(SPARE.getAndSet(place(), block));
  }
}
