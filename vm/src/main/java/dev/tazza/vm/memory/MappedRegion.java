package dev.tazza.vm.memory;

import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * A region of address space that is ours: guards, room to grow, accessible bytes at its beginning
 * (see {@link MemoryPlan}), an image mapped into them or not. Either with a reservation of its own,
 * or a slot in one that holds many. <em>Cold</em> is one without accessible bytes, as all are at
 * first; only such a one holds no memory and no mappings of its own.
 */
public final class MappedRegion implements MemoryRegion {
  /** More accessible bytes than this are not searched for modified pages. */
  private static final long SEARCHED = 256L << 20;

  /** At most this many modified bytes are set back one by one. */
  private static final long RESTORED = 256 << 10;

  /**
   * What is accessible, one more when it grew (see {@link #smallPages}), and a part of what is not,
   * which joins that of its neighbours.
   */
  private static final int MAPPINGS = 3;

  /** What an image adds at most: itself, and it divides what is accessible. */
  private static final int IMAGE_MAPPINGS = 2;

  private final Os os;

  /** Whether the reservation is somebody else's. */
  private final boolean isSlot;

  private final long start;
  private final long size;
  private final long base;
  private final long guardBefore;
  private final long room;
  private long committed;

  /** How many are claimed. */
  private int mappings;

  private @Nullable MemoryImage image;

  private final WrittenPages written;

  /**
   * Whether there are no large pages in what is accessible. Those that would profit from them have
   * more written than is set back page by page.
   */
  private boolean smallPages;

  /**
   * Reserves a region.
   *
   * @throws SysException when the system refuses
   * @throws ArithmeticException when the sum is no number
   */
  MappedRegion(Os os, long guardBefore, long room, long guardAfter) {
    this.os = os;
    this.written = new WrittenPages(os);
    this.isSlot = false;
    this.guardBefore = os.roundToPages(guardBefore);
    this.room = os.roundToPages(room);
    long sum =
        Math.addExact(Math.addExact(this.guardBefore, this.room), os.roundToPages(guardAfter));
    // An empty memory without guards still needs an address of its own.
    size = Math.max(sum, os.pageSize());
    claim(MAPPINGS);
    try {
      start = os.reserve(size);
    } catch (SysException refused) {
      MappingBudget.process().cancel(MAPPINGS);
      throw refused;
    }
    base = start + this.guardBefore;
  }

  /**
   * A slot: a part of a reservation, without a guard of its own in front.
   *
   * @param base where the memory begins
   * @param room whole pages
   * @param guardAfter whole pages
   */
  public static MappedRegion slot(long base, long room, long guardAfter) {
    return new MappedRegion(base, room, guardAfter);
  }

  private MappedRegion(long base, long room, long guardAfter) {
    this.os = Os.host();
    this.written = new WrittenPages(os);
    this.isSlot = true;
    this.start = base;
    this.base = base;
    this.guardBefore = 0;
    this.room = room;
    this.size = room + guardAfter;
  }

  private void claim(int wanted) {
    if (wanted > mappings) {
      MappingBudget.process().claim(wanted - mappings);
      mappings = wanted;
    }
  }

  @Override
  public long base() {
    return base;
  }

  @Override
  public long room() {
    return room;
  }

  /** Accessible bytes, whole pages. */
  public long committed() {
    return committed;
  }

  /** In the room or the guard behind it. */
  @Override
  public boolean mayFaultAt(long address) {
    return address >= base && address - start < size;
  }

  /** What is mapped into it as initial contents, if something is. */
  public @Nullable MemoryImage image() {
    return image;
  }

  boolean hasShape(long wantedBefore, long wantedRoom, long wantedAfter) {
    long sum =
        os.roundToPages(wantedBefore) + os.roundToPages(wantedRoom) + os.roundToPages(wantedAfter);
    return os.roundToPages(wantedBefore) == guardBefore
        && os.roundToPages(wantedRoom) == room
        && Math.max(sum, os.pageSize()) == size;
  }

  @Override
  public void commit(long bytes) {
    long needed = os.roundToPages(bytes);
    if (needed > committed) {
      os.protect(base + committed, needed - committed, Protection.READ_WRITE);
      committed = needed;
      changed();
    }
  }

  private void changed() {
    smallPages = false;
    written.forget();
  }

  /**
   * Prepares a region that is new or {@link #reset} for its next memory.
   *
   * @param bytes exactly this many become accessible, rounded up to pages
   * @throws SysException when the system refuses; the region is good for nothing but {@link #unmap}
   *     or {@link #makeCold}
   */
  public void prepare(long bytes, @Nullable MemoryImage wanted) {
    if (wanted != null && wanted.offset() + wanted.size() > os.roundToPages(bytes)) {
      throw new IllegalArgumentException("the image is larger than the memory");
    }
    claim(MAPPINGS);
    boolean sameAsBefore = image == wanted && os.roundToPages(bytes) == committed;
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
      claim(MAPPINGS + IMAGE_MAPPINGS);
      wanted.map(base);
      wanted.retain();
      image = wanted;
    }
    if (sameAsBefore) {
      useAgain();
    } else {
      changed();
    }
  }

  /** From the second time on it is known what was written, from the third on without asking. */
  private void useAgain() {
    if (smallPages) {
      written.begin();
      return;
    }
    if (written.isKnown()) {
      smallPages = os.preferSmallPages(base, committed);
    }
    written.forget();
  }

  /** Sets all contents back: to the image where there is one, to zero elsewhere. */
  void reset(boolean usedByThisThread) {
    if (!restoreModified(RESTORED, usedByThisThread)) {
      os.discard(base, committed);
    }
  }

  /**
   * The same by writing to the pages that were modified, if the system tells which and they are not
   * too many.
   *
   * @param most bytes to write
   * @param usedByThisThread as for {@link MemorySource#release}
   * @return whether it is done; nothing has changed otherwise
   */
  public boolean restoreModified(long most, boolean usedByThisThread) {
    if (committed == 0) {
      return true;
    }
    if (committed > SEARCHED || most == 0) {
      return false;
    }
    if (!written.find(base, committed, most, usedByThisThread)) {
      return false;
    }
    for (int i = 0; i < written.count(); i++) {
      long from = written.address(i) - base;
      restore(from, from + written.size(i));
    }
    return true;
  }

  /**
   * Sets the first accessible bytes back by writing to them, modified or not.
   *
   * @param most how many
   * @return how many that are, whole pages; what is behind them is left as it is
   */
  public long restoreFirst(long most) {
    long bytes = Math.min(most & -os.pageSize(), committed);
    restore(0, bytes);
    return bytes;
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
  void moveFrom(MappedRegion smaller) {
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

  private void movePart(MappedRegion from, long begin, long end) {
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

  /** Gives up a region with a reservation of its own. */
  void unmap() {
    if (isSlot) {
      throw new IllegalStateException("the reservation of a slot is not its own");
    }
    os.unmap(start, size);
    forget();
  }

  /** Drops all contents: nothing is accessible any more, and no memory held. */
  public void makeCold() {
    if (committed > 0) {
      os.reserveAgain(base, committed);
      committed = 0;
      changed();
    }
    forget();
  }

  private void forget() {
    if (mappings > 0) {
      MappingBudget.process().release(mappings);
      mappings = 0;
    }
    MemoryImage mapped = image;
    if (mapped != null) {
      image = null;
      mapped.release();
    }
  }
}
