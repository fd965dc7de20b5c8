package dev.tazza.wasm.demangle;

/** A name is not of the form that was expected, or would become too long. */
final class NotMangledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotMangledException(String message) {
    super(message, null, false, false); // most names are not mangled: it has to be cheap
  }
}
