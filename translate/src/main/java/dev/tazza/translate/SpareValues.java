package dev.tazza.translate;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The values that the functions of one module may have beyond what their bytes account for ({@link
 * FunctionSize}), all of them together: a thousand small functions must not take what one may.
 * Whether it is enough does not depend on who takes first. Thread-safe.
 */
final class SpareValues {
  static final int OF_A_MODULE = 1 << 19;

  private final AtomicLong left = new AtomicLong(OF_A_MODULE);

  /** Takes {@code count}; false if there were fewer. */
  boolean take(long count) {
    return left.addAndGet(-count) >= 0;
  }
}
