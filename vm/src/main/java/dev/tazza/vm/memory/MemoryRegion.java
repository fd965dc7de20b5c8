package dev.tazza.vm.memory;

import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * The address space of one linear memory at a time: guards, room to grow, accessible bytes at its
 * beginning (see {@link MemoryPlan}), an image mapped into them or not.
 */
final class MemoryRegion {
  /** More accessible bytes than this are not searched for modified pages. */
  private static final long SEARCHED = 256L << 20;

  /** At most this many modified bytes are set back one by one. */
  private static final long RESTORED = 256 << 10;

  private static final int RUNS = 32;

  /** What is accessible, and a part of what is not, which joins that of its neighbours. */
  private static final int MAPPINGS = 2;

  /** What an image adds at most: itself, and it divides what is accessible. */
  private static final int IMAGE_MAPPINGS = 2;

  private final Os os;
  private final long start;
  private final long size;
  private final long base;
  private final long guardBefore;
  private final long room;
  private long committed;

  /** How many are claimed. */
  private int mappings;

  private @Nullable MemoryImage image;

  /**
   * Reserves a region.
   *
   * @throws SysException when the system refuses
   * @throws ArithmeticException when the sum is no number
   */
  MemoryRegion(Os os, long guardBefore, long room, long guardAfter) {
    this.os = os;
    this.guardBefore = os.roundToPages(guardBefore);
    this.room = os.roundToPages(room);
    long sum =
        Math.addExact(Math.addExact(this.guardBefore, this.room), os.roundToPages(guardAfter));
    // An empty memory without guards still needs an address of its own.
    size = Math.max(sum, os.pageSize());
    MappingBudget.process().claim(MAPPINGS);
    mappings = MAPPINGS;
    try {
      start = os.reserve(size);
    } catch (SysException refused) {
      MappingBudget.process().cancel(MAPPINGS);
      throw refused;
    }
    base = start + this.guardBefore;
  }

  /** Address of byte 0. */
  long base() {
    return base;
  }

  /** Bytes from the base on that can become accessible. */
  long room() {
    return room;
  }

  /** Accessible bytes, whole pages. */
  long committed() {
    return committed;
  }

  /** Whether the address is in the room or the guard behind it. */
  boolean mayFaultAt(long address) {
    return address >= base && address - start < size;
  }

  @Nullable MemoryImage image() {
    return image;
  }

  boolean hasShape(long wantedBefore, long wantedRoom, long wantedAfter) {
    long sum =
        os.roundToPages(wantedBefore) + os.roundToPages(wantedRoom) + os.roundToPages(wantedAfter);
    return os.roundToPages(wantedBefore) == guardBefore
        && os.roundToPages(wantedRoom) == room
        && Math.max(sum, os.pageSize()) == size;
  }

  /** Makes the first {@code bytes} accessible, if they are not. */
  void commit(long bytes) {
    long needed = os.roundToPages(bytes);
    if (needed > committed) {
      os.protect(base + committed, needed - committed, Protection.READ_WRITE);
      committed = needed;
    }
  }

  /**
   * Prepares a region that is new or {@link #reset} for its next memory.
   *
   * @param bytes exactly this many become accessible, rounded up to pages
   * @throws SysException when the system refuses; the region is good for nothing but {@link #unmap}
   */
  void prepare(long bytes, @Nullable MemoryImage wanted) {
    if (wanted != null && wanted.offset() + wanted.size() > os.roundToPages(bytes)) {
      throw new IllegalArgumentException("the image is larger than the memory");
    }
    MemoryImage mapped = image;
    if (mapped != null && mapped != wanted) {
      os.reserveAgain(base + mapped.offset(), mapped.size());
      os.protect(base + mapped.offset(), mapped.size(), Protection.READ_WRITE);
      image = null;
      mapped.release();
    }
    long needed = os.roundToPages(bytes);
    if (needed < committed) {
      os.protect(base + needed, committed - needed, Protection.NONE);
      committed = needed;
    }
    commit(bytes);
    if (wanted != null && image == null) {
      claimForImage();
      wanted.map(base);
      wanted.retain();
      image = wanted;
    }
  }

  private void claimForImage() {
    if (mappings == MAPPINGS) {
      MappingBudget.process().claim(IMAGE_MAPPINGS);
      mappings += IMAGE_MAPPINGS;
    }
  }

  /** Sets all contents back: to the image where there is one, to zero elsewhere. */
  void reset() {
    if (committed == 0) {
      return;
    }
    long[] runs = new long[2 * RUNS];
    int count = committed <= SEARCHED ? os.modifiedRuns(base, committed, runs) : -1;
    long modified = 0;
    for (int i = 0; i < count; i++) {
      modified += runs[2 * i + 1];
    }
    if (count < 0 || modified > RESTORED) {
      os.discard(base, committed);
      return;
    }
    for (int i = 0; i < count; i++) {
      long from = runs[2 * i] - base;
      restore(from, from + runs[2 * i + 1]);
    }
  }

  private void restore(long from, long to) {
    MemoryImage mapped = image;
    long imageFrom = mapped == null ? to : Math.clamp(mapped.offset(), from, to);
    long imageTo = mapped == null ? to : Math.clamp(mapped.offset() + mapped.size(), from, to);
    NativeMemory.fill(base + from, imageFrom - from, (byte) 0);
    if (mapped != null && imageTo > imageFrom) {
      mapped.restore(base, imageFrom, imageTo);
    }
    NativeMemory.fill(base + imageTo, to - imageTo, (byte) 0);
  }

  /**
   * Takes over contents and image of a region that this one, accessible at least as far, replaces;
   * unmaps that one.
   */
  void moveFrom(MemoryRegion smaller) {
    MemoryImage mapped = smaller.image;
    long end = smaller.committed;
    long imageFrom = mapped == null ? end : mapped.offset();
    long imageTo = mapped == null ? end : mapped.offset() + mapped.size();
    // Separately, because only new kernels move several mappings at once.
    movePart(smaller, 0, imageFrom);
    movePart(smaller, imageFrom, imageTo);
    movePart(smaller, imageTo, end);
    image = mapped;
    mappings += smaller.mappings - MAPPINGS;
    smaller.mappings = MAPPINGS;
    smaller.image = null;
    smaller.unmap();
  }

  private void movePart(MemoryRegion from, long begin, long end) {
    if (begin == end) {
      return;
    }
    try {
      os.move(from.base + begin, base + begin, end - begin);
    } catch (SysException severalMappings) {
      // The attempt may have unmapped the destination.
      os.reserveAgain(base + begin, end - begin);
      os.protect(base + begin, end - begin, Protection.READ_WRITE);
      NativeMemory.copy(from.base + begin, base + begin, end - begin);
    }
  }

  void unmap() {
    os.unmap(start, size);
    MappingBudget.process().release(mappings);
    mappings = 0;
    MemoryImage mapped = image;
    if (mapped != null) {
      image = null;
      mapped.release();
    }
  }
}
