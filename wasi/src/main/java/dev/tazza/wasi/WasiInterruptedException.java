package dev.tazza.wasi;

/**
 * The thread was interrupted while the guest waited in a WASI call. The thread's interrupt status
 * is still set.
 */
public final class WasiInterruptedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WasiInterruptedException() {
    super("interrupted while the guest waited");
  }

  /** Leaves the guest if the current thread was interrupted. */
  static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new WasiInterruptedException();
    }
  }
}
