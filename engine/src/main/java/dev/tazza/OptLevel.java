package dev.tazza;

/** How much work the compiler puts into the code. */
public enum OptLevel {
  /** Compile as fast as possible. */
  NONE,
  /** Make the code fast. */
  SPEED,
  /** Make the code fast, but not at the price of much larger code. */
  SPEED_AND_SIZE
}
