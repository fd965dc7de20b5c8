package dev.tazza.vm.call;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.interrupt.StopRequest;
import dev.tazza.vm.interrupt.Stopper;
import dev.tazza.vm.isa.Stubs;

/**
 * The native memory that a {@link CallLoop} works with: a guest stack with a store context. Apart
 * from the loop, which leads to all that is in a store, so that it can be freed when that is
 * unreachable. Thread-safe.
 */
public final class CallSpace implements AutoCloseable {
  private final GuestStackPool pool;
  private final GuestStack stack;
  private final long context;
  private final StopRequest stop;
  private boolean closed; // guarded by this

  /**
   * Makes a store context, and takes a stack, from {@code pool}.
   *
   * @param stopper stops its guest code on request
   * @param polls whether the code polls
   */
  public CallSpace(GuestStackPool pool, Stopper stopper, boolean polls) {
    this.pool = pool;
    stack = pool.acquire();
    context = stack.context();
    NativeMemory.putLong(context + StoreContext.MAGIC, StoreContext.MAGIC_VALUE);
    NativeMemory.putLong(context + StoreContext.STACK_END, stack.limit());
    NativeMemory.putLong(context + StoreContext.EXIT_STUB, Stubs.EXIT);
    NativeMemory.putLong(context + StoreContext.THROW_STUB, Stubs.THROW);
    NativeMemory.putLong(context + StoreContext.TRAP_STUB, Stubs.TRAP);
    NativeMemory.putLong(context + StoreContext.FUEL_STUB, Stubs.OUT_OF_FUEL);
    NativeMemory.putLong(context + StoreContext.MEMORY_COPY, Stubs.COPY);
    NativeMemory.putLong(context + StoreContext.MEMORY_FILL, Stubs.FILL);
    NativeMemory.putLong(context + StoreContext.POLL_STUB, Stubs.POLL);
    NativeMemory.putLong(context + StoreContext.CROSSING_STUB, Stubs.CROSS);
    NativeMemory.putInt(context + StoreContext.HOST_THREAD, 0);
    stop = new StopRequest(stopper, context, stack.limit(), polls);
  }

  /** Address of the {@link StoreContext}. */
  long context() {
    return context;
  }

  /** By which its guest code is asked to stop. */
  public StopRequest stop() {
    return stop;
  }

  /**
   * A function type comes into use that has so many parameters, or results. Whoever passes values
   * through the slots of the store context says so before, or they would not be cleared.
   */
  public void useValues(int slots) {
    stack.useValues(slots);
  }

  GuestStack stack() {
    return stack;
  }

  /** Gives both back. No guest code may use them any more. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      stop.close();
      // A stale pointer to the context must not look like one to the signal handler.
      NativeMemory.putLong(context + StoreContext.MAGIC, 0);
      pool.release(stack);
    }
  }
}
