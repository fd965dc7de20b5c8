package dev.tazza.wasi;

/**
 * The time that a guest sees. Replace it for repeatable runs; times are in nanoseconds.
 *
 * <p>Implementations are called on the guest's thread.
 */
public interface WasiClock {
  /** Time since 1970-01-01T00:00:00Z. */
  long realtime();

  /** Time since any fixed moment; never goes back. */
  long monotonic();

  /** The smallest step of {@link #realtime} and {@link #monotonic}. */
  default long resolution() {
    return 1;
  }

  /** Lets {@code nanos} pass; they are more than 0. */
  void sleep(long nanos) throws InterruptedException;

  /** The computer's clocks. Sleeping does not pin a virtual thread. */
  static WasiClock system() {
    return SystemClock.INSTANCE;
  }
}
