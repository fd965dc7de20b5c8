package dev.tazza.wasi;

import dev.tazza.sys.fs.IoVectors;

/**
 * The pieces of guest memory of one read or write ({@code iovec} and {@code ciovec}), checked. Each
 * is read from the guest once, so another guest thread cannot change it after the check.
 */
final class GuestVectors {
  /** More than this is refused, as POSIX does with {@code IOV_MAX}. */
  private static final int MAX_COUNT = 1024;

  private static final int SIZE = 8;

  private final long[] starts = new long[IoVectors.LIMIT];
  private final long[] lengths = new long[IoVectors.LIMIT];
  private final IoVectors natives = new IoVectors();
  private GuestMemory memory = GuestMemory.EMPTY;
  private int count;
  private long total;
  private long skipped;

  /** These, loaded from the guest. */
  GuestVectors load(GuestMemory from, long pointer, long pieces) throws ErrnoException {
    load(from, (int) pointer, (int) pieces);
    return this;
  }

  /** Takes the first {@link IoVectors#LIMIT} pieces that are not empty, and checks all. */
  void load(GuestMemory from, int pointer, int pieces) throws ErrnoException {
    from.array(pointer, pieces, SIZE);
    if (Integer.compareUnsigned(pieces, MAX_COUNT) > 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    memory = from;
    count = 0;
    total = 0;
    skipped = 0;
    for (int i = 0; i < pieces; i++) {
      long length = Integer.toUnsignedLong(from.getInt(pointer + i * SIZE + 4));
      long start = from.range(from.getInt(pointer + i * SIZE), length);
      if (length > 0 && count < IoVectors.LIMIT) {
        starts[count] = start;
        lengths[count] = length;
        count++;
        total += length;
      }
    }
  }

  GuestMemory memory() {
    return memory;
  }

  int count() {
    return count;
  }

  long start(int piece) {
    return starts[piece];
  }

  long length(int piece) {
    return lengths[piece];
  }

  long total() {
    return total;
  }

  /** Drops the first {@code length} bytes, less than there are. */
  void skip(long length) {
    long left = length;
    int first = 0;
    while (left >= lengths[first]) {
      left -= lengths[first++];
    }
    count -= first;
    System.arraycopy(starts, first, starts, 0, count);
    System.arraycopy(lengths, first, lengths, 0, count);
    starts[0] += left;
    lengths[0] -= left;
    total -= length;
    skipped += length;
  }

  /** Bytes dropped since the pieces were loaded. */
  long skipped() {
    return skipped;
  }

  /** The same pieces for a system call, up to {@code limit} bytes. */
  IoVectors natives(long limit) {
    natives.clear();
    for (int i = 0; i < count; i++) {
      natives.add(memory.address(starts[i]), lengths[i]);
    }
    natives.limit(limit);
    return natives;
  }
}
