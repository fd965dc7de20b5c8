package dev.tazza.sys.fs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A native {@code struct iovec[]} under construction.
 *
 * <p>Empty pieces are left out, and at most {@link #LIMIT} are kept: a call that moves less than
 * was asked for is always allowed. The memory pointed to must stay alive until the call returned.
 */
public final class IoVectors {
  /** Pieces per call. */
  public static final int LIMIT = 64;

  private static final int ENTRY = 16;

  private final MemorySegment entries = Arena.ofAuto().allocate((long) LIMIT * ENTRY, 8);
  private int count;
  private long total;

  public IoVectors() {}

  public void clear() {
    count = 0;
    total = 0;
  }

  /** Appends a piece; false when there is no room for it. */
  public boolean add(long address, long length) {
    if (length == 0) {
      return true;
    }
    if (count == LIMIT) {
      return false;
    }
    entries.set(ValueLayout.JAVA_LONG, (long) count * ENTRY, address);
    entries.set(ValueLayout.JAVA_LONG, (long) count * ENTRY + 8, length);
    count++;
    total += length;
    return true;
  }

  /** Cuts the pieces so that together they have at most {@code length} bytes. */
  public void limit(long length) {
    while (count > 0 && total > length) {
      long last = (long) (count - 1) * ENTRY + 8;
      long excess = total - length;
      long size = entries.get(ValueLayout.JAVA_LONG, last);
      if (excess < size) {
        entries.set(ValueLayout.JAVA_LONG, last, size - excess);
        total = length;
      } else {
        count--;
        total -= size;
      }
    }
  }

  /** Number of pieces that are not empty. */
  public int count() {
    return count;
  }

  /** Sum of the pieces' lengths, in bytes. */
  public long total() {
    return total;
  }

  /** Where the array is. */
  public long address() {
    return entries.address();
  }

  /** Address of the first piece. */
  public long firstAddress() {
    return entries.get(ValueLayout.JAVA_LONG, 0);
  }
}
