package dev.tazza.sandbox;

/**
 * Code could not be proved to stay in its sandbox. Thrown within the package; outside {@link
 * SandboxException} tells more.
 */
final class Rejection extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Number of the instruction. */
  final int instruction;

  /** Whether nothing is known to be wrong, but to prove the code would take too much. */
  final boolean isLimit;

  Rejection(int instruction, String reason) {
    this(instruction, reason, false);
  }

  private Rejection(int instruction, String reason, boolean isLimit) {
    super(reason, null, false, false);
    this.instruction = instruction;
    this.isLimit = isLimit;
  }

  /** For code that takes more than there is room for. */
  static Rejection limit(int instruction, Room room) {
    String reason = "the proof needs more than %d KB of the heap".formatted(room.limit() >> 10);
    return new Rejection(instruction, reason, true);
  }

  /** For code in which each round of a loop would have to be followed for itself. */
  static Rejection endless(int instruction) {
    return new Rejection(instruction, "a loop that has to be followed too often", true);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
