package dev.tazza.wasi;

/** Ends a WASI function with an error number; {@link Preview1} turns it into the result. */
final class ErrnoException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  ErrnoException(int errno) {
    // Programs probe for files that are not there: without a stack trace this costs little.
    super(null, null, false, false);
    this.errno = errno;
  }

  int errno() {
    return errno;
  }

  @Override
  public String getMessage() {
    return "WASI error " + errno;
  }
}
