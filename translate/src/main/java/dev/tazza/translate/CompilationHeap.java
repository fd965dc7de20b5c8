package dev.tazza.translate;

import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.WasmModule;

/**
 * The part of the JVM's heap that compiling may take, shared by the functions that are compiled at
 * the same time. A function waits until those before it are done when there is no room beside them,
 * and is refused when it would not fit alone: an {@link OutOfMemoryError} would strike any thread
 * of the process. Thread-safe.
 *
 * <p>What a function takes is an estimate ({@link FunctionSize#heapBytes}).
 */
final class CompilationHeap {
  /** No bounds. */
  static final CompilationHeap UNBOUNDED = new CompilationHeap(Long.MAX_VALUE);

  /** What is left to others: one part in so many. */
  private static final int PARTS = 4;

  private final long most;
  private final long heap;
  private long taken;

  /**
   * @param heap the most bytes that the JVM's heap can have
   */
  CompilationHeap(long heap) {
    this.heap = heap;
    most = heap - heap / PARTS;
  }

  /** How many bytes a function may take. */
  long most() {
    return most;
  }

  /** Takes so many bytes for a function; to be given back by {@link #give}. */
  synchronized void take(long bytes) {
    boolean interrupted = false;
    while (taken > 0 && taken > most - bytes) {
      try {
        wait();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    taken += bytes;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized void give(long bytes) {
    taken -= bytes;
    notifyAll();
  }

  /** The error for when the heap turned out to be too small for a function. */
  ResourceLimitException exhausted(String function, int bytes, OutOfMemoryError error) {
    return exhausted("function %s of %d bytes".formatted(function, bytes), error);
  }

  /** The error for when the heap turned out to be too small for a module. */
  ResourceLimitException exhausted(WasmModule module, OutOfMemoryError error) {
    String what = "a module of %d functions".formatted(module.definedFunctionCount());
    return exhausted(what, error);
  }

  private ResourceLimitException exhausted(String what, OutOfMemoryError error) {
    return new ResourceLimitException(
        "the JVM's heap of %d MB (option -Xmx) is full while %s is compiled"
            .formatted(heap >> 20, what),
        error);
  }

  /** The error for a function that would not fit. */
  ResourceLimitException tooLarge(String function, int bytes) {
    return new ResourceLimitException(
        "function %s of %d bytes is too large to be compiled in the JVM's heap of %d MB (option -Xmx)"
            .formatted(function, bytes, heap >> 20));
  }
}
