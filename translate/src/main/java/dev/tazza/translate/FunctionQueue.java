package dev.tazza.translate;

import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.wasm.module.WasmModule;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Hands the functions of a module to as many threads as there are processors, the caller's among
 * them.
 */
final class FunctionQueue {
  private final int count;
  private final int workers;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  FunctionQueue(WasmModule module, boolean parallel) {
    count = module.definedFunctionCount();
    int processors = parallel ? Runtime.getRuntime().availableProcessors() : 1;
    workers = Math.min(processors, Math.max(1, count / 4));
  }

  /**
   * Compiles all functions; results are in the order of the functions. The failure of the first
   * function that fails is thrown.
   */
  MachineCode[] compile(IntFunction<MachineCode> compileOne) {
    MachineCode[] results = new MachineCode[count];
    Runnable work =
        () -> {
          try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              results[i] = compileOne.apply(i);
            }
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
            next.set(count);
          }
        };
    ForkJoinTask<?>[] tasks = new ForkJoinTask<?>[workers - 1];
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] = ForkJoinPool.commonPool().submit(work);
    }
    work.run();
    for (ForkJoinTask<?> task : tasks) {
      task.join();
    }
    rethrow(failure.get());
    return results;
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
