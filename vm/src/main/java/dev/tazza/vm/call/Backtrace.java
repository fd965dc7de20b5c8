package dev.tazza.vm.call;

import java.util.Arrays;

/**
 * Addresses in guest code, innermost frame first.
 *
 * @param pcs all are return addresses, so the call is just before; but for the first if {@code
 *     fault}
 * @param fault whether the first is the very instruction that faulted, or was stopped at
 * @param framePointers of each frame; of a function that makes no frame, its caller's
 * @param truncated whether more frames were there than asked for
 * @param activations how many of the frames, from the first on, are of the innermost activation, of
 *     the two innermost, and so on: between activations are frames of Java
 */
public record Backtrace(
    long[] pcs, long[] framePointers, boolean fault, boolean truncated, int[] activations) {

  /** Collects the addresses. */
  static final class Walk extends FrameWalk {
    private final int maximum;
    private long[] pcs = new long[16];
    private long[] framePointers = new long[16];
    private int count;
    private boolean truncated;
    private int[] activations = new int[4];
    private int activationCount;

    Walk(GuestStack stack, int maximum) {
      super(stack);
      this.maximum = maximum;
    }

    @Override
    boolean frame(long pc, long framePointer) {
      if (count == maximum) {
        truncated = true;
        return false;
      }
      if (count == pcs.length) {
        pcs = Arrays.copyOf(pcs, 2 * count);
        framePointers = Arrays.copyOf(framePointers, 2 * count);
      }
      framePointers[count] = framePointer;
      pcs[count++] = pc;
      return true;
    }

    /** What comes next is another activation. */
    void endActivation() {
      if (activationCount == activations.length) {
        activations = Arrays.copyOf(activations, 2 * activationCount);
      }
      activations[activationCount++] = count;
    }

    Backtrace finish(boolean fault) {
      return new Backtrace(
          Arrays.copyOf(pcs, count),
          Arrays.copyOf(framePointers, count),
          fault,
          truncated,
          Arrays.copyOf(activations, activationCount));
    }
  }
}
