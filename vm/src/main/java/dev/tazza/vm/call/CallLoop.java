package dev.tazza.vm.call;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.isa.Processor;
import dev.tazza.vm.isa.Stubs;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Enters guest code, serves its exits and resumes it until it returns. One per store.
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
  private static final int UNCAUGHT = ExitReason.UNCAUGHT.code();
  private static final int POLL = ExitReason.POLL.code();
  private static final int STOPPED = ExitReason.STOPPED.code();
  private static final int OUT_OF_FUEL = ExitReason.OUT_OF_FUEL.code();

  private final ExitHandler handler;
  private final GuestStack stack;
  private final long context;
  private final boolean usesFuel;
  private static final int PARKED_FUEL = Processor.host().parkedFuel();

  /** Guest stack pointers of the parked activations, outermost first. */
  private long[] parked = new long[8];

  private int parkedCount;

  /**
   * Guest stack pointer where the next activation begins: the innermost parked one's, or the top.
   */
  private long begin;

  private boolean trapped;

  /** Whether the innermost activation is parked in the midst of its code. */
  private boolean stopped;

  /** Not closed, disabled or stopped somewhere: guest code may hold copies of what calls change. */
  private boolean callable = true;

  /** Why no guest code may run any more; null if it may. */
  private @Nullable String refusal;

  /**
   * Creates a loop in a space of its own, which outlives it.
   *
   * <p>Traps by hardware fault work only after {@link TrapSignals#install}.
   */
  public CallLoop(CallSpace space, ExitHandler handler) {
    this(space, handler, false);
  }

  /**
   * The same.
   *
   * @param usesFuel whether code has fuel in its register
   */
  public CallLoop(CallSpace space, ExitHandler handler, boolean usesFuel) {
    this.handler = handler;
    this.usesFuel = usesFuel;
    stack = space.stack();
    context = space.context();
    begin = stack.top();
  }

  /** Refuses what changes things of which guest code that was stopped may hold copies. */
  public void requireNotStopped() {
    checkOpen();
  }

  /** Address of the {@link StoreContext}. */
  public long context() {
    return context;
  }

  /** The stack that guest code runs on. */
  public GuestStack stack() {
    return stack;
  }

  /** Guest stack pointer where the next activation would begin. */
  long begin() {
    return begin;
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
    callNarrow(trampoline, vmctx, code, 0);
  }

  /**
   * Calls a function without trampoline: one with up to two numbers as parameters and at most one
   * result. The first integer is {@code a0} and the second {@code a1}; the first float is {@code
   * a1} and the second {@code a0}, as bits, zero-extended like integers of 32 bits.
   *
   * @param code address of the function's code
   * @param vmctx the function's context
   * @return the result, which is an integer of 32 bits
   * @throws IllegalStateException after {@link #close}
   */
  public int callNarrow(long code, long vmctx, long a0, long a1) {
    checkOpen();
    long exit = Stubs.enter(context, code, vmctx, begin, a0, a1);
    if (Stubs.reason(exit) != RETURNED) {
      exit = serve(exit);
    }
    if (usesFuel) {
      checkFuel();
    }
    return (int) exit;
  }

  /** The same for any other result: slot 0 has an integer or reference, slot 1 a float. */
  public void callWide(long code, long vmctx, long a0, long a1) {
    checkOpen();
    long exit = Stubs.enterWide(context, code, vmctx, begin, a0, a1);
    if (Stubs.reason(exit) != RETURNED) {
      serve(exit);
    }
    if (usesFuel) {
      checkFuel();
    }
  }

  /** Code may have used up more than there was, but then nobody sees what it came to. */
  private void checkFuel() {
    if (NativeMemory.getLong(context + StoreContext.FUEL) < 0) {
      handler.usedUpFuel(false);
    }
  }

  private void checkOpen() {
    if (!callable) {
      throw new IllegalStateException(
          refusal != null
              ? refusal
              : "the guest of this store was stopped and cannot be called until it goes on");
    }
  }

  /**
   * Lets no guest code of this store run any more: calls throw an {@link IllegalStateException},
   * and activations that wait for a host function end with {@link ExitHandler#trap} as soon as it
   * returns, whatever it caught.
   */
  public void disable(String why) {
    callable = false;
    refusal = why;
    for (int i = 0; i < parkedCount; i++) {
      NativeMemory.putLong(parked[i] + Processor.host().parkedPc(), Stubs.TRAP_EXIT);
    }
  }

  /**
   * Serves until guest code returns; gives what it returned.
   *
   * <p>A StackOverflowError can come out of any call here, and the host function further out may
   * catch it. So what the next activation depends on is set back by assignments alone, which cannot
   * fail.
   */
  private long serve(long first) {
    long outer = begin;
    try {
      long exit = first;
      do {
        int reason = Stubs.reason(exit);
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
        begin = sp;
        if (usesFuel) {
          long fuel = NativeMemory.getLong(sp + PARKED_FUEL);
          NativeMemory.putLong(context + StoreContext.FUEL, fuel);
        }
        boolean throwing = false;
        try {
          if (reason == HOST_CALL) {
            throwing = handler.hostCall(subject);
          } else if (reason == UNCAUGHT) {
            throw handler.uncaught();
          } else if (isStop(reason)) {
            stop(reason);
          } else {
            handler.serve(reason, subject);
          }
        } finally {
          parkedCount--;
        }
        if (usesFuel) {
          long fuel = NativeMemory.getLong(context + StoreContext.FUEL);
          NativeMemory.putLong(sp + PARKED_FUEL, fuel);
        }
        // Disabled code is left where it traps.
        exit =
            throwing && refusal == null
                ? Stubs.resumeThrowing(context, sp)
                : Stubs.resume(context, sp);
      } while (Stubs.reason(exit) != RETURNED);
      return exit;
    } finally {
      trapped = false;
      begin = outer;
    }
  }

  // Activations that may wait.

  boolean begin(Activation activation, long trampoline, long code, long vmctx) {
    checkOpen();
    return serve(activation, Stubs.enter(context, trampoline, vmctx, begin, code, 0));
  }

  boolean isInnermost(Activation activation) {
    return begin == activation.parked;
  }

  boolean resume(Activation activation, Activation.Answer answer) {
    boolean throwing = false;
    boolean goesOn = false;
    callable = refusal == null;
    try {
      throwing = !activation.stopped && handler.complete(answer);
      goesOn = true;
    } finally {
      if (!goesOn) {
        drop(activation);
      }
    }
    parkedCount--;
    return serve(activation, goOn(activation.parked, throwing));
  }

  void drop(Activation activation) {
    if (!isInnermost(activation)) {
      throw new IllegalStateException("an activation that others began in cannot go on");
    }
    parkedCount--;
    begin = activation.outer;
    callable = refusal == null;
  }

  /** As {@link #serve(long)}, but stops serving when the guest has to wait. */
  private boolean serve(Activation activation, long first) {
    boolean waits = false;
    try {
      long exit = first;
      while (Stubs.reason(exit) != RETURNED) {
        int reason = Stubs.reason(exit);
        if (reason == TRAP) {
          trapped = true;
          throw handler.trap();
        }
        long subject = NativeMemory.getLong(context + StoreContext.EXIT_CONTEXT);
        long sp = park();
        boolean throwing = false;
        try {
          throwing = request(reason, subject);
          waits = handler.waits();
        } finally {
          parkedCount -= waits ? 0 : 1;
        }
        if (waits) {
          activation.parked = sp;
          activation.stopped = isStop(reason);
          callable = callable && !activation.stopped;
          return false;
        }
        exit = goOn(sp, throwing);
      }
      if (usesFuel) {
        checkFuel();
      }
      return true;
    } finally {
      trapped = false;
      if (!waits) {
        begin = activation.outer;
      }
    }
  }

  private long park() {
    long sp = NativeMemory.getLong(context + StoreContext.GUEST_SP);
    if (parkedCount == parked.length) {
      parked = Arrays.copyOf(parked, 2 * parkedCount);
    }
    parked[parkedCount++] = sp;
    begin = sp;
    if (usesFuel) {
      long fuel = NativeMemory.getLong(sp + PARKED_FUEL);
      NativeMemory.putLong(context + StoreContext.FUEL, fuel);
    }
    return sp;
  }

  private boolean request(int reason, long subject) {
    if (reason == HOST_CALL) {
      return handler.hostCall(subject);
    }
    if (reason == UNCAUGHT) {
      throw handler.uncaught();
    }
    if (isStop(reason)) {
      stop(reason);
    } else {
      handler.serve(reason, subject);
    }
    return false;
  }

  private long goOn(long sp, boolean throwing) {
    if (usesFuel) {
      long fuel = NativeMemory.getLong(context + StoreContext.FUEL);
      NativeMemory.putLong(sp + PARKED_FUEL, fuel);
    }
    // Disabled code is left where it traps.
    return throwing && refusal == null
        ? Stubs.resumeThrowing(context, sp)
        : Stubs.resume(context, sp);
  }

  /**
   * Guest code that waits for something it asked for was told to stop: as if it had stopped in its
   * code.
   */
  public void stop() {
    stop(POLL);
  }

  /** Whether guest code asked for nothing that has an answer. */
  private static boolean isStop(int reason) {
    return reason == POLL || reason == STOPPED || reason == OUT_OF_FUEL;
  }

  private void stop(int reason) {
    callable = false;
    stopped = reason == STOPPED;
    try {
      if (reason == OUT_OF_FUEL) {
        handler.usedUpFuel(true);
      } else {
        handler.stopped();
      }
    } finally {
      callable = true;
      stopped = false;
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
    int last = parkedCount - 1;
    boolean exact = false;
    if (trapped || stopped) {
      last -= stopped ? 1 : 0;
      long pc = NativeMemory.getLong(context + StoreContext.TRAP_PC);
      long frame = faultRegister(Processor.host().framePointer());
      int depth = handler.returnAddressDepth(pc);
      exact = !Stubs.isBulk(pc);
      if (!exact) {
        walk.stoppedOutside(faultRegister(Processor.host().stackPointer()), frame);
      } else if (depth < 0) {
        walk.trap(pc, frame);
      } else {
        long top = faultRegister(Processor.host().stackPointer());
        walk.trapWithoutFrame(pc, top + depth, frame);
      }
      walk.endActivation();
    }
    for (int i = last; i >= 0; i--) {
      walk.parked(parked[i]);
      walk.endActivation();
    }
    return walk.finish(exact);
  }

  /**
   * Finds the references in all frames of guest code that waits for host functions, the innermost
   * of which is just beginning.
   *
   * @param found is given each as it lies in its frame
   * @return how many frames there are
   */
  public long findReferences(LongConsumer found) {
    FrameReferences walk = new FrameReferences(stack, found);
    for (int i = 0; i < parkedCount; i++) {
      walk.parked(parked[i]);
    }
    return walk.frames();
  }

  private long faultRegister(int number) {
    return NativeMemory.getLong(context + StoreContext.TRAP_REGISTERS + 8L * number);
  }

  /** Refuses calls from now on; then the space can be closed. No activation may be left. */
  @Override
  public void close() {
    if (parkedCount != 0) {
      throw new IllegalStateException("guest code of this store is still active");
    }
    callable = false;
    refusal = "the store is closed";
  }
}
