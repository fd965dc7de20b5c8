package dev.tazza.assembler;

/**
 * The forms of a target's branches, and its padding. Kinds of branches are small numbers: {@link
 * #JUMP}, and what else below {@link #KINDS} the target chooses. Implementations are stateless and
 * safe for use from several threads.
 */
public interface Branches {
  /** The unconditional jump. */
  int JUMP = 16;

  /** All kinds are less. */
  int KINDS = 32;

  /** Size in bytes of the form that reaches everything. */
  int longSize(int kind);

  /** Size in bytes of the form for near targets. */
  int shortSize(int kind);

  /** Whether the short form reaches {@code distance} bytes from the end of the branch. */
  boolean isNear(int distance);

  /** Writes the branch of the form that fits {@code [at, end)}. */
  void write(byte[] code, int at, int end, int kind, int distance);

  /** Fills {@code [from, to)} with what does nothing when executed. */
  void pad(byte[] code, int from, int to);
}
