package dev.tazza.vm.call;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.BulkMemory;
import dev.tazza.sys.NativeMemory;

/**
 * The native memory that a {@link CallLoop} works with: a guest stack with a store context. Apart
 * from the loop, which leads to all that is in a store, so that it can be freed when that is
 * unreachable. Thread-safe.
 */
public final class CallSpace implements AutoCloseable {
  private final GuestStackPool pool;
  private final GuestStack stack;
  private final long context;
  private boolean closed; // guarded by this

  /** Makes a store context, and takes a stack, from {@code pool}. */
  public CallSpace(GuestStackPool pool) {
    this.pool = pool;
    stack = pool.acquire();
    context = stack.context();
    NativeMemory.putLong(context + StoreContext.MAGIC, StoreContext.MAGIC_VALUE);
    NativeMemory.putLong(context + StoreContext.STACK_LIMIT, stack.limit());
    NativeMemory.putLong(context + StoreContext.EXIT_STUB, Stubs.EXIT);
    NativeMemory.putLong(context + StoreContext.MEMORY_COPY, BulkMemory.copy());
    NativeMemory.putLong(context + StoreContext.MEMORY_FILL, BulkMemory.fill());
  }

  /** Address of the {@link StoreContext}. */
  long context() {
    return context;
  }

  GuestStack stack() {
    return stack;
  }

  /** Gives both back. No guest code may use them any more. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      // A stale pointer to the context must not look like one to the signal handler.
      NativeMemory.putLong(context + StoreContext.MAGIC, 0);
      pool.release(stack);
    }
  }
}
