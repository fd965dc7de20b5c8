package dev.tazza.vm.call;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.Os;

/**
 * How large guest stacks are.
 *
 * @param maximum bytes for guest frames, at least 1
 * @param headroom bytes below them, at least {@link #LEAST_HEADROOM}: the JVM and profilers deliver
 *     signals on the current stack, and guest code calls functions that copy memory
 */
public record StackSize(long maximum, long headroom) {
  /** A signal's frame takes up to 11 KiB with all vector state (AMX included); handlers chain. */
  public static final long LEAST_HEADROOM = 128 << 10;

  /** What is checked is above. */
  public StackSize {
    if (maximum < 1) {
      throw new IllegalArgumentException("a guest stack needs at least one byte: " + maximum);
    }
    if (headroom < LEAST_HEADROOM) {
      throw new IllegalArgumentException("a guest stack needs more headroom: " + headroom);
    }
  }

  /** With the least headroom. */
  public static StackSize of(long maximum) {
    return new StackSize(maximum, LEAST_HEADROOM);
  }

  /** With {@code all} bytes for frames and headroom, or more if that takes more. */
  public static StackSize within(long maximum, long all) {
    return new StackSize(maximum, Math.max(LEAST_HEADROOM, all - maximum));
  }

  /** Bytes of the whole stack, and of the store context above it; whole pages. */
  long bytes(Os os) {
    long context = os.roundToPages(StoreContext.SIZE);
    return Math.addExact(
        Math.addExact(os.roundToPages(maximum), os.roundToPages(headroom)), context);
  }
}
