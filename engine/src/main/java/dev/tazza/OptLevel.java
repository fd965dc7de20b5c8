package dev.tazza;

/** How much work the compiler puts into the code. */
public enum OptLevel {
  /** Compile as fast as possible. */
  NONE,
  /** Make the code fast. */
  SPEED,
  /**
   * Make the code fast, but repeat none of it: nothing is inlined or unrolled. Code of 1 to 9 %
   * less size than with {@link #SPEED}, which takes 10 to 30 % less time to compile.
   */
  SPEED_AND_SIZE
}
