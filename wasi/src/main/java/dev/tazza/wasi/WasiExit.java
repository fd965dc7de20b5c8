package dev.tazza.wasi;

/**
 * The guest called {@code proc_exit}, or {@code proc_raise} with a deadly signal. It surfaces from
 * the call that ran the guest. Not an error by itself: a code of 0 is success.
 */
public final class WasiExit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  public WasiExit(int code) {
    super(null, null, false, false);
    this.code = code;
  }

  /** The guest's exit code; for a signal 128 and its number. */
  public int code() {
    return code;
  }

  @Override
  public String getMessage() {
    return "the guest exited with code " + Integer.toUnsignedString(code);
  }
}
