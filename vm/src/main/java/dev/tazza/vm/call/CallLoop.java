package dev.tazza.vm.call;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;
import dev.tazza.sys.LibC;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import java.util.Arrays;

/**
 * Enters guest code, serves its exits and resumes it until it returns. One per store, with the
 * store context and the guest stack.
 *
 * <p>Each {@link #call} is an <em>activation</em>. A host function may call again: the inner
 * activation begins where the outer one is parked and is over before the outer one goes on. When a
 * host function throws, or guest code traps, the activation's frames are dropped and the exception
 * surfaces here.
 *
 * <p>Not thread-safe; but successive calls, and even the steps of one, may be on different threads.
 */
public final class CallLoop implements AutoCloseable {
  private static final int RETURNED = ExitReason.RETURNED.code();
  private static final int TRAP = ExitReason.TRAP.code();
  private static final int HOST_CALL = ExitReason.HOST_CALL.code();

  private final GuestStackPool pool;
  private final ExitHandler handler;
  private final GuestStack stack;
  private final long context;

  /** Guest stack pointers of the parked activations, outermost first. */
  private long[] parked = new long[8];

  private int parkedCount;
  private boolean trapped;
  private boolean closed;

  /**
   * Creates a store context with a stack from {@code pool}.
   *
   * <p>Traps by hardware fault work only after {@link TrapSignals#install}.
   */
  public CallLoop(GuestStackPool pool, ExitHandler handler) {
    this.pool = pool;
    this.handler = handler;
    stack = pool.acquire();
    context = NativeHeap.allocate(StoreContext.SIZE);
    NativeMemory.putLong(context + StoreContext.MAGIC, StoreContext.MAGIC_VALUE);
    NativeMemory.putLong(context + StoreContext.STACK_LIMIT, stack.limit());
    NativeMemory.putLong(context + StoreContext.EXIT_STUB, Stubs.EXIT);
    NativeMemory.putLong(context + StoreContext.MEMMOVE, LibC.memmove());
    NativeMemory.putLong(context + StoreContext.MEMSET, LibC.memset());
    NativeMemory.putLong(context + StoreContext.GUEST_SP, stack.top());
  }

  /** Address of the {@link StoreContext}. */
  public long context() {
    return context;
  }

  /** The stack that guest code runs on. */
  public GuestStack stack() {
    return stack;
  }

  /** How many activations wait for a host function right now. */
  public int depth() {
    return parkedCount;
  }

  /**
   * Calls guest code. Arguments and results are in the value slots of the store context.
   *
   * @param trampoline address of the entry trampoline for the function's type
   * @param code address of the function's code
   * @param vmctx the function's context
   * @throws IllegalStateException after {@link #close}
   */
  public void call(long trampoline, long code, long vmctx) {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    // Parked frames are 16-aligned, so is the top: where this activation begins needs no rounding.
    long begin = parkedCount == 0 ? stack.top() : parked[parkedCount - 1];
    NativeMemory.putLong(context + StoreContext.GUEST_SP, begin);
    int reason = Stubs.enter(context, trampoline, code, vmctx);
    if (reason != RETURNED) {
      serve(reason, begin);
    }
  }

  /**
   * A StackOverflowError can come out of any call here, and the host function further out may catch
   * it. So the places where activations begin follow from {@link #parked} alone; nothing depends on
   * the cleaning up at the end, which may fail too.
   */
  private void serve(int first, long begin) {
    try {
      int reason = first;
      while (reason != RETURNED) {
        if (reason == TRAP) {
          trapped = true;
          throw handler.trap();
        }
        long subject = NativeMemory.getLong(context + StoreContext.EXIT_CONTEXT);
        long sp = NativeMemory.getLong(context + StoreContext.GUEST_SP);
        if (parkedCount == parked.length) {
          parked = Arrays.copyOf(parked, 2 * parkedCount);
        }
        parked[parkedCount++] = sp;
        try {
          if (reason == HOST_CALL) {
            handler.hostCall(subject);
          } else {
            handler.builtin(reason, subject);
          }
        } finally {
          parkedCount--;
        }
        NativeMemory.putLong(context + StoreContext.GUEST_SP, sp);
        reason = Stubs.resume(context);
      }
    } finally {
      trapped = false;
      NativeMemory.putLong(context + StoreContext.GUEST_SP, begin);
    }
  }

  /**
   * Where guest code is, innermost frame first, over all activations. Meant for {@link
   * ExitHandler#trap} and for host functions; empty when no guest code is active.
   *
   * @param maximum frames to return at most
   */
  public Backtrace backtrace(int maximum) {
    Backtrace.Walk walk = new Backtrace.Walk(stack, maximum);
    if (trapped) {
      long pc = NativeMemory.getLong(context + StoreContext.TRAP_PC);
      long frame = NativeMemory.getLong(context + StoreContext.TRAP_REGISTERS + 8 * FRAME_POINTER);
      if (handler.hasFrame(pc)) {
        walk.trap(pc, frame);
      } else {
        long top = NativeMemory.getLong(context + StoreContext.TRAP_REGISTERS + 8 * STACK_POINTER);
        walk.trapWithoutFrame(pc, top, frame);
      }
    }
    for (int i = parkedCount - 1; i >= 0; i--) {
      walk.parked(parked[i]);
    }
    return walk.finish(trapped);
  }

  private static final int STACK_POINTER = 4; // rsp's number
  private static final int FRAME_POINTER = 5; // rbp's number

  /** Frees the context and gives the stack back. No activation may be left. */
  @Override
  public void close() {
    if (parkedCount != 0) {
      throw new IllegalStateException("guest code of this store is still active");
    }
    if (!closed) {
      closed = true;
      // A stale pointer to the context must not look like one to the signal handler.
      NativeMemory.putLong(context + StoreContext.MAGIC, 0);
      NativeHeap.free(context);
      pool.release(stack);
    }
  }
}
