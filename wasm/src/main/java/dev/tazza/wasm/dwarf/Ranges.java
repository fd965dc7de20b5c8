package dev.tazza.wasm.dwarf;

import java.util.Arrays;

/** Ranges of code, each from its start to before its end. */
final class Ranges {
  /**
   * Linkers leave the ranges of what they drop at address 0, or at the end of all addresses. The
   * code section begins with a count, so that no instruction is at 0.
   */
  private static final long LAST_REAL = 0xFFFF_FFFDL;

  private long[] bounds = new long[2];
  private int count;

  void add(long start, long end) {
    if (start <= 0 || start > LAST_REAL || end <= start) {
      return;
    }
    if (count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * count);
    }
    bounds[count++] = start;
    bounds[count++] = end;
  }

  /** Starts and ends, in turn. */
  long[] bounds() {
    return Arrays.copyOf(bounds, count);
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean contain(long address) {
    for (int i = 0; i < count; i += 2) {
      if (bounds[i] <= address && address < bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }
}
