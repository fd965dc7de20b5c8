package dev.tazza.vm.call;

import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import dev.tazza.vm.concurrent.ThreadCells;
import dev.tazza.wasm.ResourceLimitException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Guest stacks of one size. Some are kept for reuse: a store that gets one of these costs no system
 * call. One pool per engine. Thread-safe.
 */
public final class GuestStackPool implements AutoCloseable {
  /** What a waiting stack keeps of its memory; the pages below are given back. */
  private static final long RESIDENT = 64 << 10;

  /** The same when it has to be cleared, which takes time for each byte. */
  private static final long RESIDENT_CLEARED = 16 << 10;

  /** Slabs become as large as all before them, up to about this. */
  private static final long LARGEST_SLAB = 32 << 20;

  private final Os os = Os.host();
  private final StackSize size;
  private final int capacity;
  private final boolean zeroing;
  private final long resident;
  private final @Nullable Permits permits;
  private final int largestSlab;
  private final ThreadCells<GuestStack> cells;
  private final ArrayDeque<GuestStack> idle = new ArrayDeque<>(); // guarded by this

  /** Slabs with unused stacks, besides the idle ones. Guarded by this. */
  private final List<StackSlab> slabs = new ArrayList<>();

  private int mapped; // stacks in all slabs; guarded by this
  private int given; // stacks in use or in cells; guarded by this
  private boolean closed; // guarded by this

  /**
   * Creates an empty pool.
   *
   * @param size of each stack
   * @param capacity how many idle stacks to keep
   * @param zeroing whether an idle stack keeps nothing of what was on it
   */
  public GuestStackPool(StackSize size, int capacity, boolean zeroing) {
    this(size, capacity, zeroing, zeroing ? RESIDENT_CLEARED : RESIDENT, null);
  }

  /**
   * The same.
   *
   * @param resident bytes below the top of an idle stack that stay resident
   * @param permits how many stacks may be in use; null for no bound
   */
  public GuestStackPool(
      StackSize size, int capacity, boolean zeroing, long resident, @Nullable Permits permits) {
    this.size = size;
    this.capacity = capacity;
    this.zeroing = zeroing;
    this.resident = resident;
    this.permits = permits;
    this.cells = new ThreadCells<>(capacity / 2);
    this.largestSlab = (int) Math.max(1, LARGEST_SLAB / StackSlab.stackSize(os, size));
  }

  /** A pool whose stacks have the least headroom, and keep what was on their highest pages. */
  public GuestStackPool(long maximum, int capacity) {
    this(StackSize.of(maximum), capacity, false);
  }

  /**
   * An idle stack, or a new one. What is below the top is arbitrary, or zero if that was asked for.
   *
   * @throws IllegalStateException when the pool is closed
   * @throws ResourceLimitException when the system has no room for another; a {@link
   *     dev.tazza.wasm.PoolExhaustedException} when all are in use that may be
   */
  public GuestStack acquire() {
    GuestStack stack = cells.take();
    if (stack == null) {
      stack = take();
    }
    if (stack == null && permits != null) {
      stack = permits.await(this::take);
    }
    return Objects.requireNonNull(stack);
  }

  /** Null when as many are in use as may be. */
  private @Nullable GuestStack take() {
    int count;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      if (!mayGive()) {
        return null;
      }
      given++;
      GuestStack stack = idle.pollLast();
      if (stack != null) {
        return stack;
      }
      if (!slabs.isEmpty()) {
        return takeFromLast();
      }
      count = Math.clamp(mapped, 1, largestSlab);
    }
    return takeNew(count);
  }

  /** Guarded by this. */
  private boolean mayGive() {
    if (permits == null || given < permits.count()) {
      return true;
    }
    cells.sweep(waiting -> {
      given--;
      idle.addLast(waiting);
    });
    return given < permits.count();
  }

  private GuestStack takeNew(int count) {
    StackSlab slab = null;
    try {
      slab = map(count);
    } finally {
      if (slab == null) {
        notGiven();
      }
    }
    synchronized (this) {
      slabs.add(slab);
      mapped += slab.count();
      return takeFromLast();
    }
  }

  private void notGiven() {
    synchronized (this) {
      given--;
    }
    if (permits != null) {
      permits.released();
    }
  }

  private GuestStack takeFromLast() {
    StackSlab slab = slabs.getLast();
    GuestStack stack = slab.take();
    if (slab.isExhausted()) {
      slabs.removeLast();
    }
    return stack;
  }

  private StackSlab map(int count) {
    try {
      return new StackSlab(count, size);
    } catch (SysException | ArithmeticException refused) {
      throw new ResourceLimitException(
          "no room for a guest stack of %d bytes (%s)"
              .formatted(size.maximum(), refused.getMessage()),
          refused);
    }
  }

  /** Takes a stack back that no guest code uses any more. */
  public void release(GuestStack stack) {
    GuestStack surplus = stack;
    if (cells.hasPlace() || hasPlace()) {
      if (zeroing) {
        stack.discard(os, resident);
        stack.clear(os, resident);
      } else {
        stack.discardIfUsed(os, resident);
      }
      surplus = cells.put(stack) ? null : keep(stack);
    }
    if (surplus != null) {
      giveBack(surplus);
    }
    if (permits != null) {
      permits.released();
    }
  }

  private synchronized boolean hasPlace() {
    return !closed && idle.size() + cells.opened() < capacity;
  }

  /** Gives the one that has no place: this one or another; or null. */
  private synchronized @Nullable GuestStack keep(GuestStack stack) {
    if (closed) {
      return stack;
    }
    GuestStack homeless = cells.exchange(stack);
    if (homeless != null && idle.size() + cells.opened() < capacity) {
      given--;
      idle.addLast(homeless);
      return null;
    }
    return homeless;
  }

  private void giveBack(GuestStack stack) {
    stack.discardAll(os);
    StackSlab slab = stack.slab();
    synchronized (this) {
      given--;
      if (slab.isExhausted()) {
        slabs.add(slab);
      }
      slab.put(stack);
      if (!slab.isUnused()) {
        return;
      }
      slabs.remove(slab);
      mapped -= slab.count();
    }
    slab.unmap();
  }

  /** How many are in use. */
  public int inUse() {
    synchronized (this) {
      return given - cells.size();
    }
  }

  /** Unmaps the idle stacks; those in use are unmapped when they come back. */
  @Override
  public void close() {
    List<GuestStack> unused;
    synchronized (this) {
      closed = true;
      unused = new ArrayList<>(idle);
      idle.clear();
      given += unused.size();
      cells.close(unused::add);
    }
    for (GuestStack stack : unused) {
      giveBack(stack);
    }
  }
}
