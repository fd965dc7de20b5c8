package dev.tazza.wasm;

import org.jspecify.annotations.Nullable;

/**
 * An exception that guest code throws and catches. This is only the family's seat for them: what
 * one carries is known to the runtime, whose {@code TaggedException} is the one subclass.
 */
public abstract non-sealed class ThrownException extends WasmException {

  private static final long serialVersionUID = 1L;

  /** An exception with or without a Java stack trace. */
  protected ThrownException(@Nullable String message, boolean writableStackTrace) {
    super(message, writableStackTrace);
  }
}
