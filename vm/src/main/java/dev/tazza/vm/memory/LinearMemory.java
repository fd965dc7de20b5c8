package dev.tazza.vm.memory;

import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.SysException;
import dev.tazza.wasm.ResourceLimitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A linear memory: zeroed bytes at a base address, inaccessible surroundings (see {@link
 * MemoryPlan}), growth without copying.
 *
 * <p>Java code may hold a {@link #segment}. It is valid until the memory is closed or moves; after
 * that each access throws {@link IllegalStateException}. Growth in place leaves older segments
 * valid, with the length they had. Any thread may ask for a segment; all else is for the store's.
 */
public final class LinearMemory implements AutoCloseable {
  private final MemoryRegions regions;
  private final MemoryPlan plan;
  private MemoryRegion region;
  private long length;
  private long definition;
  private boolean ownsDefinition;
  private boolean closed;
  private @Nullable Arena arena;
  private @Nullable MemorySegment segment;

  /**
   * Makes a memory of zeros, or of an image and zeros around it.
   *
   * @param regions where its address space comes from and goes back to
   * @param image must lie within the initial length
   * @throws ResourceLimitException when the system has no room
   */
  public LinearMemory(MemoryRegions regions, MemoryPlan plan, @Nullable MemoryImage image) {
    this.regions = regions;
    this.plan = plan;
    try {
      region = regions.acquire(plan, image);
    } catch (SysException | ArithmeticException refused) {
      throw new ResourceLimitException(
          "no room for a memory of %d bytes (%s)".formatted(plan.initial(), refused.getMessage()),
          refused);
    }
    length = plan.initial();
  }

  /** Address of byte 0; changes only when a movable memory grows. */
  public long base() {
    return region.base();
  }

  /** Current length in bytes. */
  public long length() {
    return length;
  }

  /**
   * Whether an access may be checked by its fault at {@code address}: behind byte 0, in what is
   * reserved for this memory. Not in the guard before it, which no address of a guest reaches.
   */
  public boolean mayFaultAt(long address) {
    return region.mayFaultAt(address);
  }

  /** The plan this memory was made with. */
  public MemoryPlan plan() {
    return plan;
  }

  /**
   * Keeps the definition at {@code address} up to date from now on. To be called before {@link
   * #definition}, which somebody may point to.
   *
   * @param address {@link VmLayout#MEMORY_SIZE} bytes, usually in an instance context
   */
  public void define(long address) {
    if (definition != 0) {
      throw new IllegalStateException("the definition has an address already");
    }
    definition = address;
    writeDefinition();
  }

  /** Address of the definition, for instances that import this memory. */
  public long definition() {
    if (definition == 0) {
      definition = NativeHeap.allocate(VmLayout.MEMORY_SIZE);
      ownsDefinition = true;
      writeDefinition();
    }
    return definition;
  }

  private void writeDefinition() {
    if (definition != 0) {
      NativeMemory.putLong(definition + VmLayout.MEMORY_BASE, region.base());
      NativeMemory.putLong(definition + VmLayout.MEMORY_LENGTH, length);
    }
  }

  private void dropDefinition() {
    if (ownsDefinition) {
      NativeHeap.free(definition);
      ownsDefinition = false;
    }
    definition = 0;
  }

  /**
   * Grows to {@code newLength} bytes; the new ones are zero.
   *
   * @return false, and nothing changed, when that is beyond the maximum or the system has no room
   */
  public synchronized boolean grow(long newLength) {
    checkOpen();
    if (newLength < length || newLength > plan.maximum()) {
      return false;
    }
    if (newLength > region.room() && !plan.movable()) {
      return false;
    }
    try {
      if (newLength > region.room()) {
        move(newLength);
      } else {
        region.commit(newLength);
      }
    } catch (SysException | ArithmeticException noRoom) {
      return false;
    } catch (IllegalStateException segmentInUse) {
      // Another thread is inside a native call with a segment: the bytes cannot move now.
      return false;
    }
    length = newLength;
    segment = null;
    writeDefinition();
    return true;
  }

  private void move(long newLength) {
    long room = Math.min(Math.addExact(newLength, plan.slack()), plan.maximum());
    MemoryRegion larger = regions.reserve(plan, room, newLength);
    try {
      larger.commit(newLength);
      closeSegments();
    } catch (SysException | IllegalStateException refused) {
      larger.unmap();
      throw refused;
    }
    larger.moveFrom(region);
    region = larger;
  }

  /**
   * The bytes of this memory as they are now. Cheap after the first time.
   *
   * @throws IllegalStateException when the memory is closed
   */
  public MemorySegment segment() {
    checkOpen();
    MemorySegment current = segment;
    return current == null ? newSegment() : current;
  }

  /** Alone, even if the store's thread is not: an arena that got lost would never be closed. */
  private synchronized MemorySegment newSegment() {
    checkOpen();
    MemorySegment current = segment;
    if (current == null) {
      Arena valid = arena;
      if (valid == null) {
        valid = Arena.ofShared();
        arena = valid;
      }
      current = NativeMemory.view(region.base(), length, valid);
      segment = current;
    }
    return current;
  }

  /**
   * Copies bytes in, as an active data segment does.
   *
   * @throws IndexOutOfBoundsException when they do not fit
   */
  public void write(long offset, byte[] bytes, int from, int count) {
    checkOpen();
    if (offset < 0 || count < 0 || offset > length - count) {
      throw new IndexOutOfBoundsException(
          "%d bytes at %d of a memory of %d".formatted(count, offset, length));
    }
    NativeMemory.copy(bytes, from, region.base() + offset, count);
  }

  private void closeSegments() {
    Arena views = arena;
    if (views != null) {
      views.close();
      arena = null;
    }
    segment = null;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the memory is closed");
    }
  }

  /**
   * Gives the memory back. All segments become invalid first. No guest code may use it any more.
   *
   * @throws IllegalStateException when another thread is inside a native call with a segment; then
   *     nothing happened
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closeSegments();
      closed = true;
      dropDefinition();
      regions.release(region);
    }
  }
}
