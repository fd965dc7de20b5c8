package dev.tazza;

import dev.tazza.wasm.type.FuncType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a guest waits for: the results of a host function, a notification at a shared memory, or its
 * next turn.
 */
final class AsyncAnswer {
  /** Nothing is to come but its turn. */
  static final AsyncAnswer NEXT_TURN =
      new AsyncAnswer(new FuncType(List.of(), List.of()), CompletableFuture.completedFuture(null));

  private static final @Nullable Object[] NOTHING = {};

  private final FuncType type;
  private final CompletableFuture<@Nullable Object @Nullable []> results;
  private final Runnable dropped;
  private final UnaryOperator<@Nullable Object[]> goingOn;

  /** The results of a function of {@code type}. */
  AsyncAnswer(FuncType type, CompletionStage<@Nullable Object @Nullable []> results) {
    this(type, results, () -> {});
  }

  /**
   * The same.
   *
   * @param dropped runs when nobody waits for them any more
   */
  AsyncAnswer(
      FuncType type, CompletionStage<@Nullable Object @Nullable []> results, Runnable dropped) {
    this(type, results, dropped, UnaryOperator.identity());
  }

  /**
   * The same.
   *
   * @param goingOn makes of the results what the guest gets, on the thread that goes on with it
   */
  AsyncAnswer(
      FuncType type,
      CompletionStage<@Nullable Object @Nullable []> results,
      UnaryOperator<@Nullable Object[]> goingOn) {
    this(type, results, () -> {}, goingOn);
  }

  private AsyncAnswer(
      FuncType type,
      CompletionStage<@Nullable Object @Nullable []> results,
      Runnable dropped,
      UnaryOperator<@Nullable Object[]> goingOn) {
    this.type = type;
    this.results = results.toCompletableFuture();
    this.dropped = dropped;
    this.goingOn = goingOn;
  }

  /** Nobody waits for it any more. */
  void drop() {
    dropped.run();
  }

  boolean isThere() {
    return results.isDone();
  }

  /** Runs {@code then} when it is there, now if it is. */
  void whenThere(BiConsumer<@Nullable Object, @Nullable Throwable> then) {
    results.whenComplete(then);
  }

  /** Leaves the results in the value slots, or throws what the function has thrown. */
  void store(Store<?> store) throws Throwable {
    @Nullable Object @Nullable [] given;
    try {
      given = results.join();
    } catch (CompletionException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
    @Nullable Object[] values = given == null ? NOTHING : goingOn.apply(given);
    int count = values.length;
    if (count != type.results().size()) {
      throw new IllegalArgumentException(
          "a host function %s gave %d results".formatted(type, count));
    }
    for (int i = 0; i < count; i++) {
      TypedCall.store(store, type.results().get(i), i, values[i]);
    }
  }
}
