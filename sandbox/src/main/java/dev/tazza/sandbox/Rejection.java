package dev.tazza.sandbox;

/**
 * Code could not be proved to stay in its sandbox. Thrown within the package; outside {@link
 * SandboxException} tells more.
 */
final class Rejection extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Number of the instruction. */
  final int instruction;

  Rejection(int instruction, String reason) {
    super(reason, null, false, false);
    this.instruction = instruction;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
