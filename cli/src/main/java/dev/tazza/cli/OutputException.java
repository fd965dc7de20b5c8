package dev.tazza.cli;

import java.io.IOException;
import java.util.Locale;

/** Standard output could not be written. */
final class OutputException extends IOException {
  private static final long serialVersionUID = 1L;

  OutputException(IOException cause) {
    super("cannot write the output: " + cause.getMessage(), cause);
  }

  /** Whether nobody reads it any more, which is no news to who has seen enough of it. */
  boolean isBrokenPipe() {
    return String.valueOf(getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
  }
}
