package dev.tazza.translate;

import java.util.concurrent.atomic.LongAdder;

/** How many functions a compiler has compiled, and was to compile. Thread-safe. */
public final class FunctionCount {
  private final LongAdder compiled = new LongAdder();
  private final LongAdder found = new LongAdder();

  FunctionCount() {}

  void found(int functions) {
    found.add(functions);
  }

  void compiled() {
    compiled.increment();
  }

  /** So many are done. */
  public long compiledFunctions() {
    return compiled.sum();
  }

  /** So many were found that are or were to be done. */
  public long foundFunctions() {
    return found.sum();
  }
}
