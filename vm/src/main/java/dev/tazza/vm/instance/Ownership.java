package dev.tazza.vm.instance;

import dev.tazza.sys.Os;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Which thread uses a store: one at a time.
 *
 * <p>At first each use takes the store by compare-and-set and gives it back. A thread that has done
 * so many times in a row, nobody else between, gets a <em>lease</em>: the store stays its own, and
 * it only notes in the lease whether it is using it. Another thread that wants the store
 * <em>revokes</em> the lease, which succeeds unless the store is in use.
 *
 * <p>The two must not miss each other:
 *
 * <pre>
 *   the lease's thread                       the other one
 *   depth = 1                                revoked = true
 *                                            {@link Os#fenceThreads}
 *   revoked?  yes: back out                  depth != 0?  yes: in use
 * </pre>
 *
 * Usually both sides need a fence between the store and the load. Here the other one performs both:
 * if the lease's thread passes its fence before it stores the depth, it sees that the lease is
 * revoked; if after that, the other one sees the depth. A thread that does not run passes one when
 * it is scheduled again, as a virtual thread does when it is mounted. What is left to ensure is
 * that compilers of the JVM keep the order, see {@link #enter}.
 *
 * <p>Revoking costs 11 µs, as much as a lease saves in some 2000 uses. So each time it takes twice
 * as many uses until the next lease, up to so many that the cost does not matter.
 *
 * <p>Wherever a StackOverflowError comes from, the store must not stay taken: behind the point
 * where it is the current thread's, there are assignments only.
 */
final class Ownership {
  private static final VarHandle USER = handle(Ownership.class, "user", Object.class);
  private static final VarHandle DEPTH = handle(Lease.class, "depth", int.class);

  /** How many uses in a row it takes to get a lease, at first and at most. */
  private static final int FIRST_THRESHOLD = 1000;

  private static final int LAST_THRESHOLD = 64_000;

  /** Stands in {@link #user} for a closed store. */
  private static final Object NOBODY = new Object();

  /** A thread's right to use the store without asking, or the lack of it. */
  static final class Lease {
    /** The thread that has it; null for the lack of a lease. */
    final @Nullable Thread thread;

    /** How many uses, each within the one before, are under way. */
    int depth;

    private volatile boolean revoked;

    /** Whether the thread passed a fence since: who is inside now shows in the depth. */
    private boolean fenced; // guarded by the ownership

    Lease(@Nullable Thread thread, int depth) {
      this.thread = thread;
      this.depth = depth;
    }
  }

  private final Lease none = new Lease(null, 0);

  /**
   * The lease, or {@link #none}. Changed by who uses the store; others look for their own in it.
   */
  private Lease lease = none;

  /**
   * Whose the store is: null when it is free, a {@link Lease}, or the thread that uses it without
   * one. Changed from null by compare-and-set, otherwise by who uses the store or has revoked the
   * lease.
   */
  @Nullable Object user;

  // Guarded by the use of the store, or hints.
  private @Nullable Thread lastUser;
  private int usesInARow;
  private int threshold;

  /** Whether more than one thread has used the store. Guarded by the use of the store. */
  private boolean usedBySeveral;

  Ownership() {
    this(FIRST_THRESHOLD);
  }

  /**
   * The store is free.
   *
   * @param threshold uses in a row until the first lease
   */
  Ownership(int threshold) {
    this.threshold = threshold;
  }

  private static VarHandle handle(Class<?> owner, String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(owner, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Begins a use by the current thread, possibly within another one. It ends with
   *
   * <pre>{@code
   * VarHandle.releaseFence();
   * if (--held.depth == 0 && held.thread == null) {
   *   user = null;
   * }
   * }</pre>
   *
   * where {@code held} is what this returned, or with {@link #leave}, which does that.
   *
   * @throws IllegalStateException when the store is closed, or in use by another thread
   */
  Lease enter() {
    Lease own = lease;
    if (own.thread != Thread.currentThread()) {
      return acquire();
    }
    if (own.depth > 0) {
      own.depth++;
      return own;
    }
    // Between storing the depth and loading revoked no instruction is needed, but no compiler may
    // exchange them. The Java memory model has no fence that says just that. HotSpot's C2 has
    // (memnode.hpp): its StoreFence lets no earlier access move behind it, its LoadFence no later
    // one before it, and the two keep their order. C1 moves nothing across, and Graal's MembarNode
    // kills every location. On x86 neither is an instruction.
    //
    // Not in a method of its own: C2 would not inline that when it compiles the first calls of a
    // process, of which only a few were under a lease.
    boolean entered = false;
    try {
      own.depth = 1;
      VarHandle.releaseFence();
      VarHandle.acquireFence();
      entered = !own.revoked;
    } finally {
      if (!entered) {
        own.depth = 0;
      }
    }
    return entered ? own : acquire();
  }

  private Lease acquire() {
    Thread current = Thread.currentThread();
    if (user == current) {
      none.depth++;
      return none;
    }
    Lease offer = offer(current);
    if (!USER.compareAndSet(this, null, current)) {
      takeOver(current);
      offer = null;
    }
    if (offer != null) {
      lease = offer;
      user = offer;
      return offer;
    }
    if (lastUser != current) {
      usedBySeveral |= lastUser != null;
      lastUser = current;
      usesInARow = 1;
    } else if (usesInARow < threshold) {
      usesInARow++;
    }
    none.depth = 1;
    return none;
  }

  /** A lease for a thread that has deserved it; inside of it, in case it becomes the store's. */
  private @Nullable Lease offer(Thread current) {
    return lastUser == current && usesInARow >= threshold && Os.host().canFenceThreads()
        ? new Lease(current, 1)
        : null;
  }

  /** Makes the store the current thread's although it seemed not to be free. */
  private synchronized void takeOver(Thread current) {
    Object found = USER.getVolatile(this);
    if (found == null && USER.compareAndSet(this, null, current)) {
      return;
    }
    if (found == NOBODY) {
      throw new IllegalStateException("the store is closed");
    }
    if (!(found instanceof Lease other) || !revoke(other, current)) {
      throw new IllegalStateException(
          "the store is in use by another thread; a store serves one thread at a time");
    }
    usesInARow = 0;
    threshold = Math.min(2 * threshold, LAST_THRESHOLD);
    lease = none;
    user = current;
  }

  /** Whether the lease's thread is not, and cannot get, inside of it any more. */
  private boolean revoke(Lease other, Thread current) {
    other.revoked = true;
    Thread holder = other.thread;
    if (holder != current && !other.fenced && holder != null && holder.isAlive()) {
      Os.host().fenceThreads();
      other.fenced = true;
    }
    return (int) DEPTH.getAcquire(other) == 0;
  }

  /** Who uses the store, or did a moment ago, or will in a moment; null: likely nobody. */
  @Nullable Thread likelyUser() {
    Object found = USER.getVolatile(this);
    if (found instanceof Lease held) {
      return (int) DEPTH.getVolatile(held) > 0 ? held.thread : null;
    }
    return found instanceof Thread thread ? thread : null;
  }

  /** Ends a use. */
  void leave() {
    Lease held = lease;
    try {
      VarHandle.releaseFence();
    } finally {
      if (--held.depth == 0 && held.thread == null) {
        user = null;
      }
    }
  }

  /** Whether all uses so far, the current one too, are one thread's. To be asked within a use. */
  boolean isUsedByOne() {
    return !usedBySeveral;
  }

  /** Whether the current use is under a lease. */
  boolean isLeased() {
    return lease != none;
  }

  /** Instead of {@link #leave}: nobody can use the store after the current use. */
  void close() {
    lease = none;
    VarHandle.releaseFence();
    user = NOBODY;
  }
}
