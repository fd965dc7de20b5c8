package dev.tazza.vm.call;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;

/**
 * A stack for guest code, and a store context above it: so a store takes a single piece of memory,
 * of which only the pages count that it has touched.
 *
 * <pre>
 *   end    ┐ store context, zeros until somebody uses the stack
 *   top    ┤ guest frames, StackSize.maximum() bytes; also frames of native functions that guest code calls
 *   limit  ┤ function prologues trap below this
 *          │ headroom: signal frames, memmove, samplers' handlers; StackSize.headroom() bytes
 *   low    ┘ below it a guard, inaccessible: running into it is a crash with a clear address
 * </pre>
 */
public final class GuestStack {
  /** To find out how far a guest came. */
  private static final int LOOKED_AT = 1 << 10;

  /** So many slots for values are cleared always. */
  private static final int FEW_VALUES = 32;

  private final StackSlab slab;
  private final long low;
  private final long end;
  private final long top;
  private final long limit;

  /** Slots for values, of the store context's, that may have been written to. */
  private int valueSlots = FEW_VALUES;

  GuestStack(StackSlab slab, long low, long end, StackSize size) {
    this.slab = slab;
    this.low = low;
    this.end = end;
    this.top = end - Os.host().roundToPages(StoreContext.SIZE);
    this.limit = top - size.maximum();
  }

  /** Where it lies. */
  StackSlab slab() {
    return slab;
  }

  /** Address of the {@link StoreContext}. */
  long context() {
    return top;
  }

  /** So many slots for values may be written to: those of the longest type in use. */
  void useValues(int slots) {
    if (slots > valueSlots) {
      valueSlots = Math.min(slots, StoreContext.VALUE_SLOTS);
    }
  }

  /** Drops what the guest left, except on the {@code resident} bytes below the top. */
  void discard(Os os, long resident) {
    long to = kept(os, resident);
    if (to > low) {
      os.discard(low, to - low);
    }
    clearContext();
  }

  /**
   * The same, unless the guest did not come so far, as it seems: the first {@value #LOOKED_AT}
   * bytes below are zero. It may have come farther if a frame has them that did not use them.
   */
  void discardIfUsed(Os os, long resident) {
    long to = kept(os, resident);
    if (to == low || !NativeMemory.isZero(to - LOOKED_AT, LOOKED_AT)) {
      discard(os, resident);
    } else {
      clearContext();
    }
  }

  /** All of it may be long, and is hardly ever used. */
  private void clearContext() {
    long used = StoreContext.VALUES + (long) StoreContext.VALUE_SIZE * valueSlots;
    NativeMemory.fill(top, used, (byte) 0);
    if (valueSlots > FEW_VALUES) {
      valueSlots = FEW_VALUES;
    }
  }

  /** Drops all contents. */
  void discardAll(Os os) {
    os.discard(low, end - low);
  }

  /** Clears what {@link #discard} keeps. */
  void clear(Os os, long resident) {
    long from = kept(os, resident);
    NativeMemory.fill(from, top - from, (byte) 0);
  }

  private long kept(Os os, long resident) {
    return Math.max(low, top - os.roundToPages(resident));
  }

  /** One past the highest byte; where the first frame begins. Aligned to a page. */
  public long top() {
    return top;
  }

  /** The lowest address that guest code may move its stack pointer to. */
  public long limit() {
    return limit;
  }

  /** Whether {@code bytes} at {@code address} are accessible bytes of this stack. */
  public boolean contains(long address, long bytes) {
    return address >= low && address <= top - bytes;
  }
}
