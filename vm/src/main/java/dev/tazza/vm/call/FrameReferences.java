package dev.tazza.vm.call;

import dev.tazza.environ.CallRecords;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.isa.Processor;
import java.util.function.LongConsumer;

/**
 * Finds the references in frames of guest code, by what the compiler tells of each call: the
 * instruction at its return address leads to a record of the slots that hold one. See {@link
 * CallRecords}.
 */
final class FrameReferences extends FrameWalk {
  private final LongConsumer found;
  private long frames;

  /** {@code found} is given each reference, as it lies in the frame. */
  FrameReferences(GuestStack stack, LongConsumer found) {
    super(stack);
    this.found = found;
  }

  @Override
  boolean frame(long pc, long framePointer) {
    frames++;
    long record = Processor.host().callRecord(pc);
    if (record == 0) {
      return true;
    }
    if (!hasFrame(framePointer)) {
      throw new IllegalStateException("a frame with references is not on the guest's stack");
    }
    int count = NativeMemory.getInt(CallRecords.referenceCount(record));
    for (int i = 0; i < count; i++) {
      int displacement = NativeMemory.getInt(CallRecords.reference(record, i));
      found.accept(NativeMemory.getLong(framePointer + displacement));
    }
    return true;
  }

  /** How many frames there were. */
  long frames() {
    return frames;
  }
}
