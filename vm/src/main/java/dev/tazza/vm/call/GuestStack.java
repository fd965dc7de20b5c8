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
 *   top    ┤ guest frames, maximum() bytes; also frames of native functions that guest code calls
 *   limit  ┤ function prologues trap below this
 *          │ headroom: signal frames, memmove, samplers' handlers
 *   low    ┘ below it a guard, inaccessible: running into it is a crash with a clear address
 * </pre>
 */
public final class GuestStack {
  /**
   * Room below the limit. The JVM and profilers deliver signals on the current stack; a frame takes
   * up to 11 KiB with all vector state (AMX included), and handlers chain.
   */
  static final long HEADROOM = 128 << 10;

  private final StackSlab slab;
  private final long low;
  private final long end;
  private final long top;
  private final long limit;

  /** A stack with {@code maximum} bytes for guest frames. */
  GuestStack(StackSlab slab, long low, long end, long maximum) {
    this.slab = slab;
    this.low = low;
    this.end = end;
    this.top = end - Os.host().roundToPages(StoreContext.SIZE);
    this.limit = top - maximum;
  }

  /** Bytes from low to end. */
  static long size(Os os, long maximum) {
    long above = HEADROOM + os.roundToPages(StoreContext.SIZE);
    return Math.addExact(os.roundToPages(maximum), above);
  }

  /** Where it lies. */
  StackSlab slab() {
    return slab;
  }

  /** Address of the {@link StoreContext}. */
  long context() {
    return top;
  }

  /** Drops what the guest left, except on the {@code resident} bytes below the top. */
  void discard(Os os, long resident) {
    long to = kept(os, resident);
    if (to > low) {
      os.discard(low, to - low);
    }
    NativeMemory.fill(top, StoreContext.SIZE, (byte) 0);
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
    return address >= limit - HEADROOM && address <= top - bytes;
  }
}
