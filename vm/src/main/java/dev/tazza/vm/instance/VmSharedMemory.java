package dev.tazza.vm.instance;

import dev.tazza.environ.Tunables;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.vm.memory.MemoryPlan;
import dev.tazza.vm.memory.MemoryRegions;
import dev.tazza.vm.memory.MemorySpace;
import dev.tazza.vm.memory.ParkingLot;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.MemoryType;
import org.jspecify.annotations.Nullable;

/**
 * A memory that belongs to an engine and not to a store: several stores, on threads of their own,
 * use it at once. Thread-safe.
 *
 * <ul>
 *   <li>It never moves: the room for its maximum is reserved when it is made.
 *   <li>It has one definition, to which all instances point, so that a length is the same for all.
 *   <li>It lives until the last <em>user</em>, a store or the embedder, has {@link #release
 *       released} it; or else until nothing leads to it, no store and no segment.
 * </ul>
 */
public final class VmSharedMemory {
  private final MemoryType type;
  private final MemoryRegions regions;
  private final LinearMemory storage;
  private final long definition;
  private final ParkingLot waiters = new ParkingLot();
  private final Reclaimer.Handle reclaimed;
  private int users = 1; // guarded by this

  /**
   * Makes one that has one user, the caller.
   *
   * @param type shared, with a maximum
   * @param image what it begins with; null for zeros
   * @throws ResourceLimitException when the system has no room for the maximum
   */
  VmSharedMemory(
      StoreServices services, Tunables tunables, MemoryType type, @Nullable MemoryImage image) {
    if (!type.limits().shared() || !type.limits().hasMaximum()) {
      throw new IllegalArgumentException("not the type of a shared memory: " + type);
    }
    this.type = type;
    this.regions = services.regions();
    MemoryPlan plan = MemoryPlan.of(type, tunables);
    this.storage = make(regions, plan, image);
    this.definition = storage.definition();
    MemorySpace space = storage.space();
    this.reclaimed = services.reclaimer().register(storage, "a shared memory", space::close);
  }

  /** The same without an image. */
  public VmSharedMemory(StoreServices services, Tunables tunables, MemoryType type) {
    this(services, tunables, type, null);
  }

  private static LinearMemory make(
      MemoryRegions regions, MemoryPlan plan, @Nullable MemoryImage image) {
    try {
      return new LinearMemory(regions, plan, image, null);
    } catch (ResourceLimitException noRoom) {
      throw new ResourceLimitException(
          "no room for a shared memory, for which all that it can grow to, %d bytes, is reserved"
                  .formatted(plan.reservation())
              + " ("
              + noRoom.getMessage()
              + ")",
          noRoom);
    }
  }

  /** Its type: the limits are those it was made with. */
  public MemoryType type() {
    return type;
  }

  /** Its bytes. */
  public LinearMemory storage() {
    return storage;
  }

  /** Who waits in it. */
  public ParkingLot waiters() {
    return waiters;
  }

  /** Address of its definition. */
  long definition() {
    return definition;
  }

  /** Whether it was made for the same engine: only then it is laid out as its code expects. */
  boolean isFor(MemoryRegions others) {
    return regions == others;
  }

  /** Current size in pages. */
  public long pages() {
    return storage.length() >>> type.pageSizeLog2();
  }

  /**
   * Grows by {@code delta} pages, of which no store's limiter is asked.
   *
   * @param delta unsigned
   * @return the size before in pages, or -1 when it cannot grow so far
   */
  public long grow(long delta) {
    int shift = type.pageSizeLog2();
    while (true) {
      long length = storage.length();
      long before = length >>> shift;
      if (delta == 0) {
        return before;
      }
      if (delta < 0 || delta > (Long.MAX_VALUE >>> shift) - before) {
        return -1;
      }
      if (storage.grow(length, before + delta << shift)) {
        return before;
      }
      if (storage.length() == length) {
        return -1;
      }
      // Another thread has grown it in between.
    }
  }

  /**
   * Adds a user.
   *
   * @throws IllegalStateException when there was none any more
   */
  public synchronized void retain() {
    if (users == 0) {
      throw new IllegalStateException("the shared memory is closed");
    }
    users++;
  }

  /**
   * Takes a user away; with the last one, the memory is freed.
   *
   * @throws IllegalStateException when another thread is inside a native call with a segment of it;
   *     then nothing has happened
   */
  public synchronized void release() {
    if (users == 0) {
      throw new IllegalStateException("the shared memory has no users");
    }
    if (users == 1) {
      storage.close();
      reclaimed.close();
    }
    users--;
  }

  @Override
  public String toString() {
    return "shared memory " + type;
  }
}
