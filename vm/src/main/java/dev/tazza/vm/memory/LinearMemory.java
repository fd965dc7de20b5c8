package dev.tazza.vm.memory;

import dev.tazza.environ.VmLayout;
import dev.tazza.sys.Access;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import dev.tazza.wasm.ResourceLimitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A linear memory: zeroed bytes at a base address, inaccessible surroundings (see {@link
 * MemoryLayout}), growth without copying.
 *
 * <p>Java code may hold a {@link #segment}. It is valid until the memory is closed or moves; after
 * that each access throws {@link IllegalStateException}. Growth in place leaves older segments
 * valid, with the length they had.
 */
public final class LinearMemory implements AutoCloseable {
  private final Os os = Os.host();
  private final MemoryLayout layout;

  /** The whole region, guards included. */
  private long region;

  private long regionSize;
  private long base;

  /** Bytes from the base on that can be grown into in place; whole pages. */
  private long reservation;

  /** Accessible bytes: the length in whole pages. */
  private long committed;

  private long length;
  private long definition;
  private boolean ownsDefinition;
  private boolean closed;
  private @Nullable Arena arena;
  private @Nullable MemorySegment segment;

  /**
   * Maps a memory.
   *
   * @throws ResourceLimitException when the system has no room
   */
  public LinearMemory(MemoryLayout layout) {
    this.layout = layout;
    try {
      place(Math.max(layout.reservation(), layout.initial()));
      commit(layout.initial());
    } catch (SysException refused) {
      if (region != 0) {
        os.unmap(region, regionSize);
      }
      throw new ResourceLimitException(
          "no room for a memory of %d bytes (%s)".formatted(layout.initial(), refused.getMessage()),
          refused);
    } catch (ArithmeticException beyondLong) {
      throw new ResourceLimitException(
          "no room for a memory of %d bytes".formatted(layout.initial()), beyondLong);
    }
    length = layout.initial();
  }

  /** Reserves a region for {@code room} bytes. */
  private void place(long room) {
    long before = os.roundToPages(layout.guardBefore());
    reservation = os.roundToPages(room);
    regionSize =
        Math.addExact(Math.addExact(before, reservation), os.roundToPages(layout.guardAfter()));
    // An empty memory without guards still needs an address of its own.
    regionSize = Math.max(regionSize, os.pageSize());
    region = os.reserve(regionSize);
    base = region + before;
  }

  /** Makes the first {@code bytes} accessible. */
  private void commit(long bytes) {
    long needed = os.roundToPages(bytes);
    if (needed > committed) {
      os.protect(base + committed, needed - committed, Access.READ_WRITE);
      committed = needed;
    }
  }

  /** Address of byte 0; changes only when a movable memory grows. */
  public long base() {
    return base;
  }

  /** Current length in bytes. */
  public long length() {
    return length;
  }

  /** The layout this memory was made with. */
  public MemoryLayout layout() {
    return layout;
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
      NativeMemory.putLong(definition + VmLayout.MEMORY_BASE, base);
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
  public boolean grow(long newLength) {
    checkOpen();
    if (newLength < length || newLength > layout.maximum()) {
      return false;
    }
    if (newLength > reservation && !layout.movable()) {
      return false;
    }
    try {
      if (newLength > reservation) {
        move(newLength);
      } else {
        commit(newLength);
      }
    } catch (SysException | ArithmeticException noRoom) {
      return false;
    }
    length = newLength;
    segment = null;
    writeDefinition();
    return true;
  }

  private void move(long newLength) {
    long oldRegion = region;
    long oldRegionSize = regionSize;
    long oldBase = base;
    long oldReservation = reservation;
    long oldCommitted = committed;
    try {
      place(Math.min(Math.addExact(newLength, layout.slack()), layout.maximum()));
      committed = 0;
      commit(newLength);
    } catch (SysException | ArithmeticException refused) {
      if (region != oldRegion) {
        os.unmap(region, regionSize);
      }
      region = oldRegion;
      regionSize = oldRegionSize;
      base = oldBase;
      reservation = oldReservation;
      committed = oldCommitted;
      throw refused;
    }
    closeSegments();
    if (oldCommitted > 0) {
      os.move(oldBase, base, oldCommitted);
    }
    os.unmap(oldRegion, oldRegionSize);
  }

  /**
   * The bytes of this memory as they are now. Cheap after the first time.
   *
   * @throws IllegalStateException when the memory is closed
   */
  public MemorySegment segment() {
    checkOpen();
    MemorySegment current = segment;
    if (current == null) {
      Arena valid = arena;
      if (valid == null) {
        valid = Arena.ofShared();
        arena = valid;
      }
      current = NativeMemory.view(base, length, valid);
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
    NativeMemory.copy(bytes, from, base + offset, count);
  }

  private void closeSegments() {
    segment = null;
    Arena views = arena;
    if (views != null) {
      arena = null;
      views.close();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the memory is closed");
    }
  }

  /** Unmaps the memory. All segments become invalid first. No guest code may use it any more. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeSegments();
      dropDefinition();
      os.unmap(region, regionSize);
    }
  }
}
