package dev.tazza.translate;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the functions of a module to as many threads as there are processors, the caller's among
 * them.
 */
final class FunctionQueue {
  private final boolean parallel;

  FunctionQueue(boolean parallel) {
    this.parallel = parallel;
  }

  /**
   * Does {@code work} for all numbers below {@code count}, in any order. The failure of the first
   * that fails is thrown.
   */
  void forEach(int count, IntConsumer work) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable worker =
        () -> {
          try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              work.accept(i);
            }
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
            next.set(count);
          }
        };
    ForkJoinTask<?>[] tasks = new ForkJoinTask<?>[workers(count) - 1];
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] = ForkJoinPool.commonPool().submit(worker);
    }
    worker.run();
    for (ForkJoinTask<?> task : tasks) {
      task.join();
    }
    rethrow(failure.get());
  }

  /** How many threads there are at most. */
  int workers() {
    return parallel ? Runtime.getRuntime().availableProcessors() : 1;
  }

  private int workers(int count) {
    return Math.min(workers(), Math.max(1, count / 4));
  }

  private static void rethrow(@Nullable Throwable failure) {
    switch (failure) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      default -> throw new IllegalStateException(failure);
    }
  }
}
