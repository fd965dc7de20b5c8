package dev.tazza;

import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.LinearMemory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of a memory are not all zeros, in grains that are coarser the more parts there are.
 */
final class MemoryPieces {
  private static final int GRAIN = 1 << 12;

  /** Readers of modules limit the number of segments to 100,000. */
  private static final int MOST_PIECES = 10_000;

  private static final int COARSER = 16;

  private MemoryPieces() {}

  /** A part, in bytes from the memory's start. */
  record Range(long start, long size) {}

  static List<Range> of(LinearMemory memory) {
    long grain = GRAIN;
    List<Range> found = find(memory, grain);
    while (found == null) {
      grain *= COARSER;
      found = find(memory, grain);
    }
    return found;
  }

  /** Null when there are too many. */
  private static @Nullable List<Range> find(LinearMemory memory, long grain) {
    List<Range> found = new ArrayList<>();
    long length = memory.length();
    long start = -1;
    for (long at = 0; at < length; at += grain) {
      boolean zero = isZero(memory.base() + at, Math.min(grain, length - at));
      if (!zero && start < 0) {
        start = at;
      } else if (zero && start >= 0) {
        found.add(new Range(start, at - start));
        start = -1;
      }
    }
    if (start >= 0) {
      found.add(new Range(start, length - start));
    }
    return found.size() > MOST_PIECES ? null : found;
  }

  private static boolean isZero(long address, long count) {
    long at = 0;
    for (; at + Long.BYTES <= count; at += Long.BYTES) {
      if (NativeMemory.getLong(address + at) != 0) {
        return false;
      }
    }
    for (; at < count; at++) { // memories of pages of one byte
      if (NativeMemory.getByte(address + at) != 0) {
        return false;
      }
    }
    return true;
  }
}
