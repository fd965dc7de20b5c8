package dev.tazza.vm.memory;

import dev.tazza.environ.VmLayout;
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
 * valid, with the length they had. Any thread may ask for a segment, and for the length, and grow a
 * memory that does not move; all else is for the store's.
 */
public final class LinearMemory implements AutoCloseable {
  private final MemoryPlan plan;
  private final MemorySpace space;

  /** What segments keep reachable; with it, this. */
  private final Object keeper;

  private volatile long length;
  private @Nullable Arena arena;
  private @Nullable MemorySegment segment;

  /**
   * Makes a memory of zeros, or of an image and zeros around it.
   *
   * @param source where its address space comes from and goes back to
   * @param wanted is taken as far as the source allows
   * @param image must lie within the initial length
   * @param keeper is reachable as long as a segment is, and leads to this memory; null for the
   *     memory itself
   * @throws ResourceLimitException when the system has no room
   */
  public LinearMemory(
      MemorySource source,
      MemoryPlan wanted,
      @Nullable MemoryImage image,
      @Nullable Object keeper) {
    this.plan = source.bound(wanted);
    this.keeper = keeper == null ? this : keeper;
    try {
      space = new MemorySpace(source, source.acquire(plan, image));
    } catch (SysException | ArithmeticException refused) {
      throw new ResourceLimitException(
          "no room for a memory of %d bytes (%s)".formatted(plan.initial(), refused.getMessage()),
          refused);
    }
    length = plan.initial();
  }

  /** The same without a keeper. */
  LinearMemory(MemorySource source, MemoryPlan plan, @Nullable MemoryImage image) {
    this(source, plan, image, null);
  }

  /** What is to be closed in the end, by {@link #close} or as it is. */
  public MemorySpace space() {
    return space;
  }

  /** Address of byte 0; changes only when a movable memory grows. */
  public long base() {
    return space.region().base();
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
    return space.region().mayFaultAt(address);
  }

  /** What it is and can become: what was wanted, as far as the source allowed it. */
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
    space.define(address);
    space.writeDefinition(length);
  }

  /** Address of the definition, for instances that import this memory. */
  public long definition() {
    long address = space.definition();
    space.writeDefinition(length);
    return address;
  }

  /**
   * Grows to {@code newLength} bytes; the new ones are zero.
   *
   * @return false, and nothing changed, when that is beyond the maximum or the system has no room
   */
  public boolean grow(long newLength) {
    return grow(length, newLength);
  }

  /**
   * Grows from one length to another.
   *
   * @return false, and nothing changed, also when its length is not {@code from}, because another
   *     thread has grown it
   */
  public boolean grow(long from, long newLength) {
    synchronized (space) {
      return from == length && growAlone(newLength);
    }
  }

  private boolean growAlone(long newLength) {
    checkOpen();
    if (newLength < length || newLength > plan.maximum()) {
      return false;
    }
    boolean moves = newLength > space.region().room();
    if (moves && !plan.movable()) {
      return false;
    }
    try {
      if (moves) {
        move(newLength);
      } else {
        space.region().commit(newLength);
      }
    } catch (SysException | ArithmeticException noRoom) {
      return false;
    } catch (IllegalStateException segmentInUse) {
      // Another thread is inside a native call with a segment: the bytes cannot move now.
      return false;
    }
    // Who sees the length finds the bytes, and a segment with them.
    segment = null;
    length = newLength;
    space.writeDefinition(newLength);
    return true;
  }

  private void move(long newLength) {
    space.setRegion(space.source().move(space.region(), plan, newLength, this::closeSegments));
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
  private MemorySegment newSegment() {
    synchronized (space) {
      checkOpen();
      MemorySegment current = segment;
      if (current == null) {
        Arena valid = arena;
        if (valid == null) {
          valid = Arena.ofShared();
          arena = valid;
          space.setSegments(valid);
        }
        current = NativeMemory.view(base(), length, valid, keeper);
        segment = current;
      }
      return current;
    }
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
    NativeMemory.copy(bytes, from, base() + offset, count);
  }

  private void closeSegments() {
    space.closeSegments();
    arena = null;
    segment = null;
  }

  private void checkOpen() {
    if (space.isClosed()) {
      throw new IllegalStateException("the memory is closed");
    }
  }

  /** Closes the {@link MemorySpace}. */
  @Override
  public void close() {
    space.close();
  }
}
