package dev.tazza.vm.call;

import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.code.CodeRange;
import java.util.Arrays;

/**
 * Addresses in guest code, innermost frame first.
 *
 * @param pcs all are return addresses, so the call is just before; but for the first if {@code
 *     fault}
 * @param fault whether the first is the very instruction that faulted
 * @param truncated whether more frames were there than asked for
 */
public record Backtrace(long[] pcs, boolean fault, boolean truncated) {

  /**
   * Follows frame pointers: at each is the caller's frame pointer, above it the return address.
   * Believes nothing: each must lie on the stack and above the one before, each return address in
   * the code range. What does not ends the activation's chain, as the entry stub's zero does.
   */
  static final class Walk {
    private final GuestStack stack;
    private final CodeRange range = CodeRange.process();
    private final int maximum;
    private long[] pcs = new long[16];
    private int count;
    private boolean truncated;

    Walk(GuestStack stack, int maximum) {
      this.stack = stack;
      this.maximum = maximum;
    }

    /** Adds the frames of an activation that faulted. */
    void trap(long pc, long framePointer) {
      // What guest code calls to copy memory is not guest code.
      if (!range.contains(pc) || add(pc)) {
        chain(framePointer);
      }
    }

    /** The same for a function that made no frame: its return address is at the stack pointer. */
    void trapWithoutFrame(long pc, long stackPointer, long framePointer) {
      if (add(pc) && stack.contains(stackPointer, 8)) {
        long caller = NativeMemory.getLong(stackPointer);
        // After a tail call into its instance, a stub's frame is between it and the caller's.
        if (Stubs.contain(caller) || add(caller)) {
          chain(framePointer);
        }
      }
    }

    /** Adds the frames of an activation that waits for a host function. */
    void parked(long stackPointer) {
      if (!stack.contains(stackPointer, StubCode.PARKED_PC + 8)) {
        return;
      }
      long pc = NativeMemory.getLong(stackPointer + StubCode.PARKED_PC);
      // The poll stub parks itself, in a frame above which the guest's are.
      if (!range.contains(pc) || add(pc)) {
        chain(NativeMemory.getLong(stackPointer + StubCode.PARKED_FRAME_POINTER));
      }
    }

    private void chain(long first) {
      long frame = first;
      while ((frame & 7) == 0 && stack.contains(frame, 16)) {
        long pc = NativeMemory.getLong(frame + 8);
        if (!Stubs.contain(pc) && !add(pc)) {
          return;
        }
        long caller = NativeMemory.getLong(frame);
        if (caller <= frame) {
          return;
        }
        frame = caller;
      }
    }

    private boolean add(long pc) {
      if (!range.contains(pc)) {
        return false;
      }
      if (count == maximum) {
        truncated = true;
        return false;
      }
      if (count == pcs.length) {
        pcs = Arrays.copyOf(pcs, 2 * count);
      }
      pcs[count++] = pc;
      return true;
    }

    Backtrace finish(boolean fault) {
      return new Backtrace(Arrays.copyOf(pcs, count), fault, truncated);
    }
  }
}
