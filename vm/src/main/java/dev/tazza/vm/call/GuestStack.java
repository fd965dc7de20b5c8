package dev.tazza.vm.call;

import dev.tazza.sys.Access;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;

/**
 * A stack for guest code.
 *
 * <pre>
 *   top    ┐ guest frames, maximum() bytes; also frames of native functions that guest code calls
 *   limit  ┤ function prologues trap below this
 *          │ headroom: signal frames, memmove, samplers' handlers
 *          ┤
 *   low    ┘ guard, inaccessible: running into it is a crash with a clear address
 * </pre>
 */
public final class GuestStack {
  /**
   * Room below the limit. The JVM and profilers deliver signals on the current stack; a frame takes
   * up to 11 KiB with all vector state (AMX included), and handlers chain.
   */
  static final long HEADROOM = 128 << 10;

  private final long low;
  private final long size;
  private final long limit;

  private GuestStack(long low, long size, long limit) {
    this.low = low;
    this.size = size;
    this.limit = limit;
  }

  /** Maps a stack with {@code maximum} bytes for guest frames. */
  static GuestStack map(Os os, long maximum) {
    long guard = os.pageSize();
    long size = Math.addExact(os.roundToPages(maximum), HEADROOM + guard);
    long low = os.allocate(size);
    os.protect(low, guard, Access.NONE);
    return new GuestStack(low, size, low + size - maximum);
  }

  void unmap(Os os) {
    os.unmap(low, size);
  }

  /** Drops what the guest left, except on the {@code resident} bytes below the top. */
  void discard(Os os, long resident) {
    long from = low + os.pageSize();
    long to = kept(os, resident);
    if (to > from) {
      os.discard(from, to - from);
    }
  }

  /** Clears what {@link #discard} keeps. */
  void clear(Os os, long resident) {
    long from = kept(os, resident);
    NativeMemory.fill(from, top() - from, (byte) 0);
  }

  private long kept(Os os, long resident) {
    return Math.max(low + os.pageSize(), top() - os.roundToPages(resident));
  }

  /** One past the highest byte; where the first frame begins. Aligned to a page. */
  public long top() {
    return low + size;
  }

  /** The lowest address that guest code may move its stack pointer to. */
  public long limit() {
    return limit;
  }

  /** Whether {@code bytes} at {@code address} are accessible bytes of this stack. */
  public boolean contains(long address, long bytes) {
    return address >= limit - HEADROOM && address <= top() - bytes;
  }
}
