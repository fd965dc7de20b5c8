package dev.tazza.vm.call;

import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import dev.tazza.wasm.ResourceLimitException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Guest stacks of one size, kept for reuse: a store whose stack comes from here costs no system
 * call. One per engine. Thread-safe.
 */
public final class GuestStackPool implements AutoCloseable {
  /** What a waiting stack keeps of its memory; the pages below are given back. */
  private static final long RESIDENT = 64 << 10;

  /** The same when it has to be cleared, which takes time for each byte. */
  private static final long RESIDENT_CLEARED = 16 << 10;

  private final Os os = Os.host();
  private final long maximum;
  private final int capacity;
  private final boolean zeroing;
  private final ArrayDeque<GuestStack> idle = new ArrayDeque<>(); // guarded by this
  private boolean closed; // guarded by this

  /**
   * Creates an empty pool.
   *
   * @param maximum bytes for guest frames in each stack, at least 1
   * @param capacity how many idle stacks to keep
   * @param zeroing whether an idle stack keeps nothing of what was on it
   */
  public GuestStackPool(long maximum, int capacity, boolean zeroing) {
    if (maximum < 1) {
      throw new IllegalArgumentException("a guest stack needs at least one byte: " + maximum);
    }
    this.maximum = maximum;
    this.capacity = capacity;
    this.zeroing = zeroing;
  }

  /** A pool whose stacks keep what was on their highest pages. */
  public GuestStackPool(long maximum, int capacity) {
    this(maximum, capacity, false);
  }

  /**
   * An idle stack, or a new one. Its contents are arbitrary, or zero if that was asked for.
   *
   * @throws ResourceLimitException when the system has no room for another
   */
  public GuestStack acquire() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      GuestStack stack = idle.pollLast();
      if (stack != null) {
        return stack;
      }
    }
    try {
      return GuestStack.map(os, maximum);
    } catch (SysException refused) {
      throw new ResourceLimitException(
          "no room for a guest stack of " + maximum + " bytes", refused);
    }
  }

  /** Takes a stack back that no guest code uses any more. */
  public void release(GuestStack stack) {
    if (zeroing) {
      stack.discard(os, RESIDENT_CLEARED);
      stack.clear(os, RESIDENT_CLEARED);
    } else {
      stack.discard(os, RESIDENT);
    }
    synchronized (this) {
      if (!closed && idle.size() < capacity) {
        idle.addLast(stack);
        return;
      }
    }
    stack.unmap(os);
  }

  /** Unmaps the idle stacks; those in use are unmapped when they come back. */
  @Override
  public void close() {
    List<GuestStack> unused;
    synchronized (this) {
      closed = true;
      unused = new ArrayList<>(idle);
      idle.clear();
    }
    for (GuestStack stack : unused) {
      stack.unmap(os);
    }
  }
}
