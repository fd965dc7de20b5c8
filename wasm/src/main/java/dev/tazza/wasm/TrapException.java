package dev.tazza.wasm;

import org.jspecify.annotations.Nullable;

/**
 * The guest's computation was aborted. This is only the family's seat for traps: what a trap
 * carries (its code, the guest's backtrace) is known to the runtime, whose {@code Trap} is the one
 * subclass.
 */
public abstract non-sealed class TrapException extends WasmException {

  private static final long serialVersionUID = 1L;

  /**
   * A trap with or without a Java stack trace; capturing one costs microseconds, and the guest's
   * own backtrace is what a reader wants.
   */
  protected TrapException(@Nullable String message, boolean writableStackTrace) {
    super(message, writableStackTrace);
  }
}
