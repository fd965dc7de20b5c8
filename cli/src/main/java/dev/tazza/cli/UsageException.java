package dev.tazza.cli;

/** A mistake in the command line that picocli does not find itself; the status is 2. */
final class UsageException extends CliException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
