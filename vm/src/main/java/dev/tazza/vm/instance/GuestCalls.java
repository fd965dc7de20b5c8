package dev.tazza.vm.instance;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.CallLoop;
import dev.tazza.vm.event.GuestCallEvent;
import dev.tazza.vm.event.Recording;
import dev.tazza.vm.memory.ExternRefTable;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Who uses a store, and the calls of its functions.
 *
 * <p>One thread at a time: {@link #enter} and {@link #leave} bracket each use, by the same thread
 * possibly nested, and refuse any other thread meanwhile.
 */
public final class GuestCalls {
  private final Ownership ownership = new Ownership();
  private final CallLoop loop;
  private final long values;
  private final ExternRefTable externs;
  private final ExternRefCollector collector;

  GuestCalls(CallLoop loop, ExternRefTable externs, ExternRefCollector collector) {
    this.loop = loop;
    this.values = loop.context() + StoreContext.VALUES;
    this.externs = externs;
    this.collector = collector;
  }

  /**
   * Begins a use by the current thread.
   *
   * @throws IllegalStateException when the store is closed, or in use by another thread
   */
  public void enter() {
    ownership.enter();
  }

  /**
   * The thread that uses the store, or null. For other threads: it may have been that a moment ago,
   * or become it since.
   */
  public @Nullable Thread user() {
    return ownership.likelyUser();
  }

  /** Ends a use. */
  public void leave() {
    ownership.leave();
  }

  /**
   * Lets nobody enter from now on.
   *
   * @return whether the current thread is the only one that ever entered
   * @throws IllegalStateException when somebody is in, and nothing has happened
   */
  boolean close() {
    if (ownership.enter().depth > 1) {
      ownership.leave();
      throw new IllegalStateException("the store cannot be closed by what runs in it");
    }
    boolean byOneThread = ownership.isUsedByOne();
    ownership.close();
    return byOneThread;
  }

  // Calls that enter and leave the store by themselves. A StackOverflowError may come out of any
  // call in them, even out of one in a finally clause: leaving is nothing but assignments there.

  /** What a function that is called directly returns. */
  public enum Result {
    /** An integer of 32 bits. */
    NARROW,
    /** Any other integer, or nothing. */
    WIDE,
    FLOAT
  }

  /**
   * Calls a guest function with parameters in registers. See {@link CallLoop#callNarrow} for what
   * functions can be called so.
   *
   * @return the result's bits
   */
  public long callDirectly(VmFunction function, Result result, long a0, long a1) {
    if (!Recording.isOn()) {
      return callQuietly(function, result, a0, a1);
    }
    GuestCallEvent event = GuestCallEvent.start();
    try {
      return callQuietly(function, result, a0, a1);
    } finally {
      event.done(function.code());
    }
  }

  private long callQuietly(VmFunction function, Result result, long a0, long a1) {
    Ownership.Lease held = ownership.enter();
    try {
      int scope = externs.position();
      long bits;
      if (result == Result.NARROW) {
        bits = loop.callNarrow(function.code(), function.context(), a0, a1);
      } else {
        loop.callWide(function.code(), function.context(), a0, a1);
        long slot = result == Result.FLOAT ? values + StoreContext.VALUE_SIZE : values;
        bits = NativeMemory.getLong(slot);
      }
      endScope(scope);
      return bits;
    } finally {
      try {
        VarHandle.releaseFence();
      } finally {
        if (--held.depth == 0 && held.thread == null) {
          ownership.user = null;
        }
      }
    }
  }

  /**
   * Calls any function with numbers.
   *
   * @param args the bits of the parameters
   * @return the bits of its first result, if it has one
   */
  public long call(VmFunction function, long[] args) {
    Ownership.Lease held = ownership.enter();
    try {
      for (int i = 0; i < args.length; i++) {
        NativeMemory.putLong(values + (long) StoreContext.VALUE_SIZE * i, args[i]);
      }
      int scope = externs.position();
      invoke(function);
      endScope(scope);
      return NativeMemory.getLong(values);
    } finally {
      try {
        VarHandle.releaseFence();
      } finally {
        if (--held.depth == 0 && held.thread == null) {
          ownership.user = null;
        }
      }
    }
  }

  /** Something to do in the store, arguments and results in the value slots. */
  public interface Use<R> {
    R run();
  }

  /** Enters, does it, leaves. What guest code had of new external references is forgotten. */
  public <R extends @Nullable Object> R use(Use<R> use) {
    Ownership.Lease held = ownership.enter();
    try {
      int scope = externs.position();
      R result = use.run();
      endScope(scope);
      return result;
    } finally {
      try {
        VarHandle.releaseFence();
      } finally {
        if (--held.depth == 0 && held.thread == null) {
          ownership.user = null;
        }
      }
    }
  }

  /** Forgets the external references that only the call just over had. */
  private void endScope(int scope) {
    if (externs.position() != scope) {
      externs.endScope(scope, loop.depth() == 0 && collector.isIdle());
    }
  }

  /**
   * Calls a guest function; arguments and results are in the value slots. Between {@link #enter}
   * and {@link #leave}.
   *
   * @param function not a host function
   */
  public void call(VmFunction function) {
    if (!Recording.isOn()) {
      loop.call(function.entry(), function.code(), function.context());
      return;
    }
    GuestCallEvent event = GuestCallEvent.start();
    try {
      loop.call(function.entry(), function.code(), function.context());
    } finally {
      event.done(function.code());
    }
  }

  /** Calls any function, a host function directly; otherwise as {@link #call}. */
  public void invoke(VmFunction function) {
    VmHostFunction host = function.hostFunction();
    if (host == null) {
      call(function);
      return;
    }
    try {
      host.call(values, null);
    } catch (Throwable thrown) {
      throw sneak(thrown);
    }
  }

  /** Address of value slot 0. */
  public long values() {
    return values;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <E extends Throwable> RuntimeException sneak(Throwable thrown) throws E {
    // Host functions may throw anything; it surfaces as it is.
    throw (E) thrown;
  }
}
