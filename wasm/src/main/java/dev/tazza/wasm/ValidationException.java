package dev.tazza.wasm;

import java.util.Objects;

/** A well-formed module breaks a validation rule, or uses a feature that not enabled. */
public final class ValidationException extends WasmException {

  private static final long serialVersionUID = 1L;

  private final int functionIndex;

  /** An error that belongs to no function. */
  public ValidationException(String message, long offset) {
    super(message, offset);
    this.functionIndex = -1;
  }

  private ValidationException(String message, int functionIndex, String function, long offset) {
    Objects.requireNonNull(message, "message");
    super(message + " in " + Objects.requireNonNull(function, "function"), offset);
    this.functionIndex = functionIndex;
  }

  /** An error in the body of a function; {@code function} is its description for the message. */
  public static ValidationException inFunction(
      String message, int functionIndex, String function, long offset) {
    return new ValidationException(message, functionIndex, function, offset);
  }

  private ValidationException(String message, int functionIndex) {
    super(message, NO_OFFSET);
    this.functionIndex = functionIndex;
  }

  /** The same error with another message, which tells the place by itself. */
  public ValidationException withMessage(String message) {
    return new ValidationException(message, functionIndex);
  }

  /** The index of the function whose body is invalid, or -1. */
  public int functionIndex() {
    return functionIndex;
  }
}
