package dev.tazza.sandbox;

/**
 * Machine code that could not be proved to stay in its sandbox; it must not run. Either the
 * compiler has a bug, or it does what the proof cannot follow, or the code is not the compiler's.
 */
public final class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String function;
  private final int offset;
  private final String instruction;
  private final String reason;
  private final String listing;
  private final boolean isLimit;

  /**
   * @param function name of the function, or what else it is
   * @param offset of the instruction in the function
   * @param instruction as text
   * @param reason what could not be proved
   * @param listing the function's instructions up to there, or empty
   * @param isLimit see {@link #isLimit()}
   */
  SandboxException(
      String function,
      int offset,
      String instruction,
      String reason,
      String listing,
      boolean isLimit) {
    super(function + ": " + problem(offset, instruction, reason));
    this.function = function;
    this.instruction = instruction;
    this.offset = offset;
    this.reason = reason;
    this.listing = listing;
    this.isLimit = isLimit;
  }

  /** Whether nothing is known to be wrong with the code, but to prove it takes too much memory. */
  public boolean isLimit() {
    return isLimit;
  }

  private static String problem(int offset, String instruction, String reason) {
    return "%s at 0x%x: %s".formatted(reason, offset, instruction);
  }

  /** The reason, and the instruction with its bytes and its offset in the function. */
  public String problem() {
    return problem(offset, instruction, reason);
  }

  public String function() {
    return function;
  }

  /** Offset of the instruction in the function. */
  public int offset() {
    return offset;
  }

  public String reason() {
    return reason;
  }

  /** The instructions up to and around that one, one a line. */
  public String listing() {
    return listing;
  }
}
