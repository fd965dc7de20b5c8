package dev.tazza.codegen;

/**
 * The function would become more than its size accounts for. The message says of what there would
 * be too many, without naming the function.
 */
public final class CodeLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CodeLimitException(String message) {
    super(message, null, false, false);
  }
}
