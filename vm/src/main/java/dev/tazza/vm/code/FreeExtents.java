package dev.tazza.vm.code;

import java.util.Arrays;

/**
 * The free parts of an address range: sorted, disjoint, never adjacent. First fit, so that code
 * gathers at the low end. Not thread-safe.
 */
final class FreeExtents {
  private long[] starts = new long[8];
  private long[] ends = new long[8];
  private int count;

  FreeExtents(long start, long size) {
    starts[0] = start;
    ends[0] = start + size;
    count = 1;
  }

  /**
   * Takes {@code size} bytes out of the first extent that has them at a multiple of {@code
   * alignment}, a power of two; -1 when none does.
   */
  long take(long size, long alignment) {
    for (int i = 0; i < count; i++) {
      long start = starts[i] + alignment - 1 & -alignment;
      long end = ends[i];
      if (end - start < size) {
        continue;
      }
      if (start > starts[i]) {
        ends[i] = start;
        if (start + size < end) {
          insert(i + 1, start + size, end);
        }
      } else if (start + size < end) {
        starts[i] = start + size;
      } else {
        remove(i);
      }
      return start;
    }
    return -1;
  }

  /** Puts back what {@link #take} gave. */
  void put(long start, long size) {
    long end = start + size;
    int i = 0;
    while (i < count && starts[i] < start) {
      i++;
    }
    boolean joinsLower = i > 0 && ends[i - 1] == start;
    boolean joinsUpper = i < count && starts[i] == end;
    if (joinsLower && joinsUpper) {
      ends[i - 1] = ends[i];
      remove(i);
    } else if (joinsLower) {
      ends[i - 1] = end;
    } else if (joinsUpper) {
      starts[i] = start;
    } else {
      insert(i, start, end);
    }
  }

  /** Free bytes in all. */
  long total() {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += ends[i] - starts[i];
    }
    return total;
  }

  /** How many pieces the free space is in. */
  int count() {
    return count;
  }

  private void remove(int index) {
    count--;
    System.arraycopy(starts, index + 1, starts, index, count - index);
    System.arraycopy(ends, index + 1, ends, index, count - index);
  }

  private void insert(int index, long start, long end) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    System.arraycopy(starts, index, starts, index + 1, count - index);
    System.arraycopy(ends, index, ends, index + 1, count - index);
    starts[index] = start;
    ends[index] = end;
    count++;
  }
}
