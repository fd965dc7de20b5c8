package dev.tazza.vm.interrupt;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;

/**
 * Asks the guest code of one store to leave at its next poll, whether it runs now or is called
 * later. Thread-safe.
 */
public final class PollRequest {
  /** Above all stacks, unsigned. */
  private static final long ABOVE = -1;

  private final long context;
  private final long stackEnd;
  private boolean closed; // guarded by this, as is the field in the context

  /**
   * @param context address of the {@link StoreContext}
   * @param stackEnd the limit of its stack
   */
  public PollRequest(long context, long stackEnd) {
    this.context = context;
    this.stackEnd = stackEnd;
    lower();
  }

  /** Asks. */
  public synchronized void raise() {
    put(ABOVE);
  }

  /** Takes the request back. Reasons to stop are looked at after this, or one might get lost. */
  public synchronized void lower() {
    put(stackEnd);
  }

  private void put(long limit) {
    if (!closed) {
      NativeMemory.putLong(context + StoreContext.STACK_LIMIT, limit);
    }
  }

  /** The context is about to be freed: nothing touches it afterwards. */
  public synchronized void close() {
    closed = true;
  }
}
