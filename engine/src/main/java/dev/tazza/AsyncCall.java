package dev.tazza;

import dev.tazza.vm.call.Activation;
import dev.tazza.vm.instance.VmFunction;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A call whose guest runs in steps, on threads of the store's executor, and is in no thread while
 * it waits. The future of its results; cancelling it ends the guest.
 */
final class AsyncCall extends CompletableFuture<@Nullable Object[]> {
  private final Store<?> store;
  private final VmFunction function;
  private final @Nullable Object[] args;

  /** Null before the first step. */
  private @Nullable Activation activation;

  /** What the guest waits for; null: its next turn. Set by a step, for the one after it. */
  private @Nullable AsyncAnswer answer;

  /** What it came to, once it is over. */
  private @Nullable Object @Nullable [] results;

  private @Nullable Throwable thrown;

  /** Whether it may do a step. Guarded by the calls. */
  boolean ready = true;

  /** Tells the calls that what it waits for is there, whatever that is. */
  final BiConsumer<@Nullable Object, @Nullable Throwable> wake;

  AsyncCall(Store<?> store, VmFunction function, @Nullable Object[] args) {
    this.store = store;
    this.function = function;
    this.args = args;
    AsyncCalls calls = store.asyncCalls();
    this.wake = (_, _) -> calls.makeReady(this);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      store.asyncCalls().cancelled(this);
    }
    return cancelled;
  }

  /** The guest waits for {@code later}. */
  void waitFor(AsyncAnswer later) {
    answer = later;
  }

  /**
   * Runs the guest until it is over or has to wait.
   *
   * @return null if it is over; else what it waits for
   */
  @Nullable AsyncAnswer step() {
    store.vm().enter();
    try {
      store.asyncCalls().setRunning(this);
      if (isDone()) {
        drop();
        return null;
      }
      AsyncAnswer given = answer;
      answer = null;
      if (run(given)) {
        results = TypedCall.results(store, function.type());
        return null;
      }
      AsyncAnswer later = answer;
      return later == null ? AsyncAnswer.NEXT_TURN : later;
    } catch (Throwable t) {
      thrown = t;
      return null;
    } finally {
      store.asyncCalls().setRunning(null);
      store.vm().leave();
    }
  }

  /** Tells what it came to, when it is over and the store is free. */
  void finish() {
    @Nullable Object[] gave = results;
    if (gave != null) {
      complete(gave);
    } else {
      Throwable t = thrown;
      completeExceptionally(t == null ? new CancellationException() : t);
    }
  }

  /** Drops a call that waits. */
  void abandon() {
    store.vm().enter();
    try {
      drop();
    } finally {
      store.vm().leave();
    }
  }

  private boolean run(@Nullable AsyncAnswer given) {
    Activation begun = activation;
    if (begun != null) {
      store.beginTurn();
      return begun.resume(() -> store(given));
    }
    Activation first = store.vm().newActivation();
    activation = first;
    TypedCall.arguments(store, function.type(), args);
    return first.begin(function.entry(), function.code(), function.context());
  }

  private void store(@Nullable AsyncAnswer given) throws Throwable {
    if (given != null) {
      given.store(store);
    }
  }

  private void drop() {
    AsyncAnswer unheard = answer;
    if (unheard != null) {
      unheard.drop();
    }
    Activation begun = activation;
    if (begun != null) {
      begun.drop();
    }
  }
}
