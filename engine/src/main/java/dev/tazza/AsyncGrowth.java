package dev.tazza;

import dev.tazza.vm.instance.GrowthSuspender;
import dev.tazza.vm.instance.StoreLimiter;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An {@link AsyncResourceLimiter} as the runtime asks it. A guest's own growth is tried: if there
 * is no answer yet, nothing grows and the guest waits; with the answer the same is tried again.
 * Used by the thread that uses the store.
 */
final class AsyncGrowth implements StoreLimiter, GrowthSuspender {
  private static final FuncType TYPE = new FuncType(List.of(), List.of(NumType.I64));

  private final Store<?> store;
  private final AsyncResourceLimiter limiter;

  /** Whether a guest's growth is tried, which can wait. */
  private boolean mayWait;

  /** What was asked while one was tried, and is not answered yet. */
  private @Nullable CompletableFuture<Boolean> asked;

  /** The answer for what is tried again. */
  private @Nullable Boolean answer;

  AsyncGrowth(Store<?> store, AsyncResourceLimiter limiter) {
    this.store = store;
    this.limiter = limiter;
  }

  @Override
  public long grow(LongSupplier growth) {
    mayWait = true;
    long result;
    try {
      result = growth.getAsLong();
    } finally {
      mayWait = false;
    }
    CompletableFuture<Boolean> pending = asked;
    if (pending == null) {
      return result;
    }
    asked = null;
    AsyncCall call = store.asyncCalls().running();
    call.waitFor(
        new AsyncAnswer(
            TYPE,
            pending.thenApply(allowed -> new @Nullable Object[] {allowed}),
            results -> new @Nullable Object[] {again(growth, (Boolean) results[0])}));
    store.vm().letWait();
    return result; // replaced by what the guest goes on with
  }

  private long again(LongSupplier growth, @Nullable Boolean allowed) {
    answer = Boolean.TRUE.equals(allowed);
    try {
      return growth.getAsLong();
    } finally {
      answer = null;
    }
  }

  @Override
  public boolean isUndecided() {
    return asked != null;
  }

  @Override
  public boolean memoryGrowing(long current, long desired, long maximum) {
    Boolean known = takeAnswer();
    return known != null ? known : decide(limiter.memoryGrowing(current, desired, maximum));
  }

  @Override
  public boolean tableGrowing(long current, long desired, long maximum) {
    Boolean known = takeAnswer();
    return known != null ? known : decide(limiter.tableGrowing(current, desired, maximum));
  }

  /** Good for one question: a shared memory that others have grown meanwhile is another one. */
  private @Nullable Boolean takeAnswer() {
    Boolean known = answer;
    answer = null;
    return known;
  }

  private boolean decide(CompletionStage<Boolean> stage) {
    CompletableFuture<Boolean> future = stage.toCompletableFuture();
    if (mayWait && !future.isDone()) {
      asked = future;
      return false;
    }
    try {
      return Boolean.TRUE.equals(future.join());
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  @Override
  public int instances() {
    return limiter.instances();
  }

  @Override
  public int memories() {
    return limiter.memories();
  }

  @Override
  public int tables() {
    return limiter.tables();
  }

  @Override
  public boolean trapsOnGrowFailure() {
    return limiter.trapsOnGrowFailure();
  }
}
