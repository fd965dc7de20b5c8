package dev.tazza.vm.concurrent;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the uses of something that is given up with the last. One of them is its owner's, and as
 * long as that lasts, threads that begin and end others do not get in each other's way.
 * Thread-safe.
 *
 * <p>Without the owner, whoever ends a use adds up all counters. That the sum is 0 while there is a
 * use cannot be: uses are counted before it is looked whether the owner is there, and those that
 * begin without it wait for the lock under which it is decided. The fences see to it that the
 * owner, who leaves first and adds up then, and a user, who counts first and looks then, do not
 * both miss the other.
 */
public final class UseCount {
  /** Besides the owner's. */
  private final LongAdder uses = new LongAdder();

  private volatile boolean owned = true;
  private boolean over; // guarded by this

  /** Begins a use. Returns false when there is none left: then it is not begun. */
  public boolean retain() {
    uses.increment();
    VarHandle.fullFence();
    return owned || retainWithoutOwner();
  }

  private synchronized boolean retainWithoutOwner() {
    if (over) {
      uses.decrement();
    }
    return !over;
  }

  /** Ends a use. Returns whether that was the last one. */
  public boolean release() {
    uses.decrement();
    VarHandle.fullFence();
    return !owned && isOver();
  }

  /**
   * Ends the owner's use, when called for the first time. Returns whether that was the last one.
   */
  public boolean disown() {
    owned = false;
    return isOver();
  }

  /** Whether it is over as of now. */
  private synchronized boolean isOver() {
    if (over || uses.sum() != 0) {
      return false;
    }
    over = true;
    return true;
  }
}
