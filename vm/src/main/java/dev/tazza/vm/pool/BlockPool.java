package dev.tazza.vm.pool;

import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.SysException;
import dev.tazza.wasm.ResourceLimitException;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Blocks of native memory of one size, in one mapping: contexts of instances, or elements of
 * tables. Free ones are zeros. Thread-safe.
 */
final class BlockPool implements DecommitQueue.Pool {
  /** All blocks are alike. */
  private static final Object ANY = "any";

  /** Smaller blocks are cleared whole, which takes less time than to ask what was written. */
  private static final long SEARCHED = 16 << 10;

  /** The most places that pages are cleared at. */
  private static final int RUNS = 32;

  private final Os os = Os.host();
  private final PoolSettings settings;
  private final long start;
  private final long blockSize;
  private final long size;
  private final long keepResident;
  private final Slots slots;
  private final DecommitQueue queue;

  /** By slot: bytes that may be resident while it is free and warm. */
  private final long[] resident;

  /**
   * Maps the blocks, of which only those count that are touched.
   *
   * @param what the blocks are, for the error
   * @param count how many
   * @param bytes of each, rounded up to pages
   * @param keepResident so much of a released block is cleared by writing, and stays resident: of
   *     what was written to, or, if that is not known or more, of what it begins with
   * @throws ResourceLimitException when the system has no room
   */
  BlockPool(String what, int count, long bytes, long keepResident, PoolSettings settings) {
    this.settings = settings;
    this.blockSize = os.roundToPages(bytes);
    this.size = Math.max(os.pageSize(), Math.multiplyExact(blockSize, count));
    this.keepResident = keepResident;
    this.slots =
        new Slots(count, strategy(settings), settings.maxUnusedWarmSlots(), random(settings));
    this.queue = new DecommitQueue(settings.decommitBatchSize(), this);
    this.resident = new long[count];
    try {
      MappingBudget.process().claim(1);
    } catch (SysException refused) {
      throw noRoom(what, count, refused);
    }
    try {
      start = os.reserve(size);
    } catch (SysException refused) {
      MappingBudget.process().cancel(1);
      throw noRoom(what, count, refused);
    }
    try {
      os.protect(start, size, Protection.READ_WRITE);
      os.preferSmallPages(start, size);
    } catch (SysException refused) {
      unmap();
      throw noRoom(what, count, refused);
    }
  }

  /** Blocks have no affinity to anything. */
  private static SlotStrategy strategy(PoolSettings settings) {
    return settings.strategy() == SlotStrategy.RANDOM
        ? SlotStrategy.RANDOM
        : SlotStrategy.NEXT_AVAILABLE;
  }

  /** Nobody shall guess which slot is next; see {@link SlotStrategy#RANDOM}. */
  static RandomGenerator random(PoolSettings settings) {
    return settings.strategy() == SlotStrategy.RANDOM
        ? new SecureRandom()
        : new SplittableRandom(); // which nobody asks
  }

  private ResourceLimitException noRoom(String what, int count, SysException refused) {
    return new ResourceLimitException(
        "no room for a pool of %d %s of %d bytes (%s)"
            .formatted(count, what, blockSize, refused.getMessage()),
        refused);
  }

  /** Bytes of each block. */
  long blockSize() {
    return blockSize;
  }

  /** Address of a block of zeros, or 0 when all are in use. */
  long take() {
    int slot = slots.take(ANY);
    if (slot == Slots.NONE) {
      queue.flush();
      slot = slots.take(ANY);
    }
    return slot == Slots.NONE ? 0 : start + blockSize * slot;
  }

  /**
   * Takes a block back.
   *
   * @param used bytes at its beginning that may not be zero
   */
  void put(long block, long used) {
    int slot = (int) ((block - start) / blockSize);
    if (used > SEARCHED && settings.scansPages() && clearModified(block, used)) {
      addResident(slot, used);
      putClean(slot);
      return;
    }
    long cleared = Math.min(used, keepResident & -os.pageSize());
    NativeMemory.fill(block, cleared, (byte) 0);
    addResident(slot, cleared);
    if (used > cleared) {
      queue.add(slot, block + cleared, os.roundToPages(used) - cleared);
    } else {
      putClean(slot);
    }
  }

  private void addResident(int slot, long bytes) {
    long pages = os.roundToPages(bytes);
    if (pages > resident[slot]) { // else nothing is written: neighbours are other threads'
      resident[slot] = pages;
    }
  }

  /** Clears the pages that were written to, if the system tells which and they are few. */
  private boolean clearModified(long block, long used) {
    long[] runs = new long[2 * RUNS];
    int count = os.modifiedRuns(block, os.roundToPages(used), runs);
    long modified = 0;
    for (int i = 0; i < count; i++) {
      modified += runs[2 * i + 1];
    }
    if (count < 0 || modified > keepResident) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      NativeMemory.fill(runs[2 * i], runs[2 * i + 1], (byte) 0);
    }
    return true;
  }

  @Override
  public void putClean(int slot) {
    int surplus = slots.put(slot, ANY);
    if (surplus != Slots.NONE) {
      os.discard(start + blockSize * surplus, resident[surplus]);
      resident[surplus] = 0;
      slots.putCold(surplus);
    }
  }

  /** How many are in use, or wait until their pages are given back. */
  int inUse() {
    return slots.count() - slots.unused() - queue.size();
  }

  void unmap() {
    os.unmap(start, size);
    MappingBudget.process().release(1);
  }
}
