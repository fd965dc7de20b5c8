package dev.tazza;

/** Which compiler makes the code. */
public enum Strategy {
  /** The one that is best here: {@link #OPTIMIZING}. */
  AUTO,

  /** The optimizing compiler; {@link Config#optLevel} says how much it does. */
  OPTIMIZING,

  /**
   * A compiler that goes over each function once. There is none yet: engines refuse it. {@link
   * OptLevel#NONE} is what compiles fastest.
   */
  BASELINE
}
