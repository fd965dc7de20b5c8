package dev.tazza.testkit.fuzz.address;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A memory of any length, as an interpreter sees it: zeros but where something was written. */
final class SparseMemory {
  private static final int CHUNK = 4096;

  /** By number, those that were written to. */
  private final TreeMap<Long, byte[]> chunks = new TreeMap<>();

  private long length;

  SparseMemory(long length) {
    this.length = length;
  }

  SparseMemory(SparseMemory other) {
    length = other.length;
    other.chunks.forEach((number, bytes) -> chunks.put(number, bytes.clone()));
  }

  long length() {
    return length;
  }

  void grow(long by) {
    length += by;
  }

  /** Whether {@code bytes} bytes at the sum of two unsigned numbers are inside. */
  boolean contains(long index, long offset, long bytes) {
    long address = index + offset;
    boolean wraps = Long.compareUnsigned(address, index) < 0;
    return !wraps && address >= 0 && address <= length - bytes;
  }

  /** Little-endian. */
  long load(long address, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      byte[] chunk = chunks.get((address + i) / CHUNK);
      int one = chunk == null ? 0 : chunk[(int) ((address + i) % CHUNK)] & 0xff;
      value = value << 8 | one;
    }
    return value;
  }

  void store(long address, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      byte[] chunk = chunks.computeIfAbsent((address + i) / CHUNK, number -> new byte[CHUNK]);
      chunk[(int) ((address + i) % CHUNK)] = (byte) (value >> 8 * i);
    }
  }

  void fill(long address, long count, int value) {
    for (long i = 0; i < count; i++) {
      store(address + i, 1, value);
    }
  }

  void copy(long to, long from, long count) {
    byte[] bytes = new byte[(int) count];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) load(from + i, 1);
    }
    for (int i = 0; i < bytes.length; i++) {
      store(to + i, 1, bytes[i]);
    }
  }

  /** Where a real memory differs, or null: what was written is compared, and the bytes around. */
  @Nullable Long difference(MemorySegment memory) {
    if (memory.byteSize() != length) {
      return memory.byteSize();
    }
    for (var entry : chunks.entrySet()) {
      long start = entry.getKey() * CHUNK;
      int size = (int) Math.min(CHUNK, length - start);
      byte[] expected = Arrays.copyOf(entry.getValue(), size);
      byte[] actual = memory.asSlice(start, size).toArray(ValueLayout.JAVA_BYTE);
      int at = Arrays.mismatch(expected, actual);
      if (at >= 0) {
        return start + at;
      }
    }
    return null;
  }
}
