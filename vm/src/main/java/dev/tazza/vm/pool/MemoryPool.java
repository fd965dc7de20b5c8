package dev.tazza.vm.pool;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import dev.tazza.vm.memory.MappedRegion;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.vm.memory.MemoryPlan;
import dev.tazza.vm.memory.MemoryRegion;
import dev.tazza.vm.memory.MemorySource;
import dev.tazza.wasm.ResourceLimitException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Slots for linear memories, in one reservation of address space: each has the room of a static
 * memory, and the guard behind it is the guard before the next one. Thread-safe.
 *
 * <pre>
 *   guard │ slot 0: accessible │ room │ guard │ slot 1: accessible │ room │ guard │ …
 *         ^ base                              ^
 * </pre>
 *
 * <p>Memories here are never moved, those of the dynamic kind neither: the room is at least that of
 * their guard, and they end where the pool's limit is.
 */
final class MemoryPool implements MemorySource, DecommitQueue.Pool {
  private final Os os = Os.host();
  private final PoolSettings settings;
  private final long start;
  private final long size;
  private final long first;
  private final long stride;
  private final MappedRegion[] regions;

  /** By slot: what it is or was used for: an image, or as many zeros. */
  private final @Nullable Object[] keys;

  private final Slots slots;
  private final DecommitQueue queue;

  /**
   * Reserves the address space.
   *
   * @throws ResourceLimitException when there is not enough
   */
  MemoryPool(PoolSettings settings, Tunables tunables) {
    this.settings = settings;
    int count = Math.multiplyExact(settings.count(), settings.memories());
    long guard = os.roundToPages(tunables.get(Tunable.STATIC_MEMORY_GUARD_SIZE));
    long room = os.roundToPages(tunables.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE));
    long before = tunables.is(Tunable.GUARD_BEFORE_LINEAR_MEMORY) ? guard : 0;
    stride = Math.max(room + guard, os.pageSize());
    size = Math.max(before + stride * count, os.pageSize());
    slots =
        new Slots(
            count, settings.strategy(), settings.maxUnusedWarmSlots(), BlockPool.random(settings));
    queue = new DecommitQueue(settings.decommitBatchSize(), this);
    try {
      MappingBudget.process().claim(1);
    } catch (SysException refused) {
      throw noRoom(count, refused);
    }
    try {
      start = os.reserve(size);
    } catch (SysException refused) {
      MappingBudget.process().cancel(1);
      throw noRoom(count, refused);
    }
    first = start + before;
    regions = new MappedRegion[count];
    keys = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      regions[i] = MappedRegion.slot(first + stride * i, room, stride - room);
    }
  }

  private ResourceLimitException noRoom(int count, SysException refused) {
    return new ResourceLimitException(
        ("no room for a pool of %d memories, which reserves %d bytes for each (%s): it takes a"
                + " smaller InstanceLimits.count, or a smaller Config.staticMemoryMaximumSize and"
                + " Config.staticMemoryGuardSize")
            .formatted(count, stride, refused.getMessage()),
        refused);
  }

  @Override
  public MemoryPlan bound(MemoryPlan plan) {
    long most = settings.memorySize();
    if (plan.initial() > most) {
      throw new ResourceLimitException(
          "a memory of %d bytes, above the pool's limit of %d (InstanceLimits.memoryPages)"
              .formatted(plan.initial(), most));
    }
    return MemoryPlan.fixed(
        plan.initial(),
        Math.min(plan.maximum(), most),
        plan.reservation(),
        plan.guardBefore(),
        plan.guardAfter());
  }

  @Override
  public MemoryRegion acquire(MemoryPlan plan, @Nullable MemoryImage image) {
    Object key = image != null ? image : (Object) plan.initial();
    int slot = slots.take(key);
    if (slot == Slots.NONE) {
      queue.flush();
      slot = slots.take(key);
      if (slot == Slots.NONE) {
        throw new IllegalStateException("more memories than the instances may have");
      }
    }
    MappedRegion region = regions[slot];
    if (keys[slot] != key) { // as in Slots
      keys[slot] = key;
    }
    try {
      region.prepare(plan.initial(), image);
      return region;
    } catch (RuntimeException | Error refused) {
      region.makeCold();
      slots.putBack(slot);
      throw refused;
    }
  }

  @Override
  public MemoryRegion move(MemoryRegion region, MemoryPlan plan, long bytes, Runnable mayMove) {
    throw new IllegalStateException("memories of a pool do not move");
  }

  @Override
  public void release(MemoryRegion region, boolean usedByThisThread) {
    int slot = (int) ((region.base() - first) / stride);
    MappedRegion released = regions[slot];
    long keep = settings.memoryKeepResident();
    if (settings.scansPages() && released.restoreModified(keep, usedByThisThread)) {
      putClean(slot);
      return;
    }
    long done = settings.scansPages() ? 0 : released.restoreFirst(keep);
    if (done == released.committed()) {
      putClean(slot);
    } else {
      queue.add(slot, released.base() + done, released.committed() - done);
    }
  }

  @Override
  public void putClean(int slot) {
    int surplus = slots.put(slot, Objects.requireNonNull(keys[slot]));
    if (surplus != Slots.NONE) {
      keys[surplus] = null;
      regions[surplus].makeCold();
      slots.putCold(surplus);
    }
  }

  /** How many are in use. */
  int inUse() {
    return slots.count() - slots.unused() - queue.size();
  }

  /** How many free ones have accessible pages, and perhaps an image. */
  int unusedWarm() {
    return slots.unusedWarm();
  }

  /** How many were taken so far. */
  long acquired() {
    return slots.taken();
  }

  /** How many of those were warm from use for the same image, or the same initial size. */
  long reused() {
    return slots.reused();
  }

  /** To be called when none is in use any more. */
  void unmap() {
    queue.flush();
    for (MappedRegion region : regions) {
      region.makeCold();
    }
    os.unmap(start, size);
    MappingBudget.process().release(1);
  }
}
