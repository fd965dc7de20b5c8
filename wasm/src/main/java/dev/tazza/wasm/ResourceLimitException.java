package dev.tazza.wasm;

import java.util.Objects;

/**
 * A module or a request is valid but exceeds what this implementation, or its configuration,
 * allows. Limits with a meaning of their own have subclasses.
 */
public non-sealed class ResourceLimitException extends WasmException {

  private static final long serialVersionUID = 1L;

  public ResourceLimitException(String message) {
    super(message, NO_OFFSET);
  }

  /** A limit met at a byte offset of a module. */
  public ResourceLimitException(String message, long offset) {
    super(message, offset);
  }

  public ResourceLimitException(String message, Throwable cause) {
    super(Objects.requireNonNull(message, "message"), Objects.requireNonNull(cause, "cause"));
  }
}
