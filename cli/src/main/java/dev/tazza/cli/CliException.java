package dev.tazza.cli;

/** An error that one line tells the user about; the status is 1. */
class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CliException(String message) {
    super(message);
  }
}
