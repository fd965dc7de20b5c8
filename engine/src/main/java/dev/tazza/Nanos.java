package dev.tazza;

import java.time.Duration;

/** Durations as the clock of {@link System#nanoTime} counts them. */
final class Nanos {
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private Nanos() {}

  /** In nanoseconds; what is longer than 146 years is that. */
  static long of(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }
}
