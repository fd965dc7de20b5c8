package dev.tazza.sandbox;

/**
 * The quick proof cannot follow the code, which says nothing about the code: {@link Proof} looks at
 * it instead.
 */
final class Unclear extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unclear(String reason) {
    super(reason, null, false, false);
  }
}
