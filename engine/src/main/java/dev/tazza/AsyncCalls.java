package dev.tazza;

import dev.tazza.vm.instance.VmFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a store that may wait. They share its one stack: only the last that began goes on,
 * and those before it when it is over. Thread-safe.
 */
final class AsyncCalls {
  private final Store<?> store;

  /** In the order in which they began. */
  private final List<AsyncCall> calls = new ArrayList<>(); // guarded by this

  /** The one of which a step is under way, or on its way to the executor. */
  private @Nullable AsyncCall busy; // changed under this

  /** The one whose step uses the store now. */
  private @Nullable AsyncCall running; // guarded by the use of the store

  /** Null: the common pool, which is not there before somebody uses it. */
  private volatile @Nullable Executor executor;

  private final Runnable step = this::step;

  AsyncCalls(Store<?> store) {
    this.store = store;
  }

  void setExecutor(Executor other) {
    executor = other;
  }

  /** Begins a call. */
  CompletableFuture<@Nullable Object[]> begin(VmFunction function, @Nullable Object[] args) {
    AsyncCall call = new AsyncCall(store, function, args);
    synchronized (this) {
      calls.add(call);
    }
    schedule();
    return call;
  }

  /** The call whose guest runs now. */
  AsyncCall running() {
    AsyncCall call = running;
    if (call == null) {
      throw new IllegalStateException("no guest of this store was called by callAsync");
    }
    return call;
  }

  /** A step of {@code call} begins to use the store, or, with null, ends. */
  void setRunning(@Nullable AsyncCall call) {
    running = call;
  }

  /** Has the next step done, if there is one to do. */
  private void schedule() {
    if (take()) {
      execute();
    }
  }

  /** Whether there is a step to do, which is on its way then. */
  private synchronized boolean take() {
    if (busy != null || calls.isEmpty() || !calls.getLast().ready) {
      return false;
    }
    AsyncCall next = calls.getLast();
    next.ready = false;
    busy = next;
    return true;
  }

  /** The one whose step this is. Needs no lock: the executor hands over what was before it. */
  private AsyncCall taken() {
    return Objects.requireNonNull(busy);
  }

  private void execute() {
    try {
      Executor given = executor;
      (given == null ? ForkJoinPool.commonPool() : given).execute(step);
    } catch (RuntimeException rejected) {
      reject(rejected);
    }
  }

  /** The executor does not take the next step. */
  private void reject(RuntimeException rejected) {
    AsyncCall call;
    synchronized (this) {
      call = taken();
      calls.remove(call);
      busy = null;
    }
    call.abandon();
    call.completeExceptionally(rejected);
    schedule();
  }

  /**
   * Ends all calls that wait.
   *
   * @throws IllegalStateException when a guest runs
   */
  void close() {
    List<AsyncCall> left;
    synchronized (this) {
      if (busy != null) {
        throw new IllegalStateException("a guest of the store is running");
      }
      left = List.copyOf(calls.reversed());
      calls.clear();
    }
    for (AsyncCall call : left) {
      call.abandon();
    }
    for (AsyncCall call : left) {
      call.cancel(false);
    }
  }

  private void step() {
    AsyncCall call = taken();
    AsyncAnswer later = call.step();
    boolean again;
    synchronized (this) {
      if (later == null) {
        calls.remove(call);
      }
      busy = null;
      // Ready already: it was cancelled meanwhile. Not the last: a host function has begun another.
      again = later == null || call.ready || calls.getLast() != call;
    }
    if (later == null) {
      call.finish();
    } else {
      // Behind the step, which has left the store.
      later.whenThere(call.wake);
    }
    if (again) {
      schedule();
    }
  }

  /** What {@code call} waits for is there. */
  void makeReady(AsyncCall call) {
    boolean goesOn;
    synchronized (this) {
      call.ready = true;
      goesOn = take();
    }
    if (goesOn) {
      execute();
    }
  }

  /** Ends a call whose future was cancelled, and those that began while it waited. */
  void cancelled(AsyncCall call) {
    List<AsyncCall> inner;
    boolean isBusy;
    synchronized (this) {
      isBusy = busy == call;
      int at = calls.indexOf(call);
      if (at < 0) {
        return;
      }
      inner = List.copyOf(calls.subList(at + 1, calls.size()));
    }
    for (AsyncCall each : inner) {
      each.cancel(true);
    }
    if (isBusy) {
      store.vm().stop().raise();
    }
    makeReady(call);
  }

  /** Ends the guest that runs now if its call was cancelled; asked when it has stopped. */
  void checkCancelled() {
    AsyncCall call = running;
    if (call != null && call.isCancelled()) {
      throw new CancellationException("the call was cancelled");
    }
  }
}
