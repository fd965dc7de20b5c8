package dev.tazza.vm.call;

import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.isa.Processor;
import dev.tazza.vm.isa.Stubs;

/**
 * Follows frame pointers through guest code, innermost frame first: at each is the caller's frame
 * pointer, above it the return address. Believes nothing: each must lie on the stack and above the
 * one before, each return address in the code range. What does not ends the activation's chain, as
 * the entry stub's zero does.
 */
abstract class FrameWalk {
  private final GuestStack stack;
  private final CodeRange range = CodeRange.process();
  private final Processor processor = Processor.host();

  FrameWalk(GuestStack stack) {
    this.stack = stack;
  }

  /**
   * A frame of guest code.
   *
   * @param pc where it goes on, in guest code
   * @param framePointer its frame pointer; of a function without frame, its caller's
   * @return whether to go on with its caller
   */
  abstract boolean frame(long pc, long framePointer);

  /** Walks an activation that faulted. */
  final void trap(long pc, long framePointer) {
    // What guest code calls to copy memory is not guest code.
    if (!range.contains(pc) || frame(pc, framePointer)) {
      callers(framePointer);
    }
  }

  /** The same for a function that made no frame: its return address is at the stack pointer. */
  final void trapWithoutFrame(long pc, long stackPointer, long framePointer) {
    if (visit(pc, framePointer) && stack.contains(stackPointer, 8)) {
      long caller = NativeMemory.getLong(stackPointer);
      // After a tail call into another instance, a stub's frame is before the caller's.
      if (Stubs.contain(caller) || visit(caller, framePointer)) {
        callers(framePointer);
      }
    }
  }

  /**
   * Walks an activation that was stopped in a function that makes no frame and is not guest code:
   * its return address, into guest code, is at the stack pointer.
   */
  final void stoppedOutside(long stackPointer, long framePointer) {
    if (stack.contains(stackPointer, 8)) {
      long caller = NativeMemory.getLong(stackPointer);
      if (!range.contains(caller) || frame(caller, framePointer)) {
        callers(framePointer);
      }
    }
  }

  /** Walks an activation that waits for a host function. */
  final void parked(long stackPointer) {
    if (!stack.contains(stackPointer, processor.parkedPc() + 8)) {
      return;
    }
    long pc = NativeMemory.getLong(stackPointer + processor.parkedPc());
    long framePointer = NativeMemory.getLong(stackPointer + processor.parkedFramePointer());
    // The poll stub parks itself, in a frame above which the guest's are.
    if (!range.contains(pc) || frame(pc, framePointer)) {
      callers(framePointer);
    }
  }

  private void callers(long callee) {
    long frame = callee;
    while (hasFrame(frame)) {
      long pc = NativeMemory.getLong(frame + 8);
      long caller = NativeMemory.getLong(frame);
      if (!Stubs.contain(pc) && !visit(pc, caller)) {
        return;
      }
      if (caller <= frame) {
        return;
      }
      frame = caller;
    }
  }

  /** Whether a frame can be there: its two words are on the stack. */
  final boolean hasFrame(long framePointer) {
    return (framePointer & 7) == 0 && stack.contains(framePointer, 16);
  }

  private boolean visit(long pc, long framePointer) {
    return range.contains(pc) && frame(pc, framePointer);
  }
}
