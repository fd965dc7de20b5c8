package com.example.scheduler;

/**
 * What became of a script.
 *
 * @param end how it ended
 * @param result what it returned; 0 unless it is done
 * @param fuel what it has used, whatever became of it
 * @param message for the tenant, if it is not done
 */
public record Outcome(End end, int result, long fuel, String message) {
  /** How a script can end. */
  public enum End {
    DONE,
    /** It trapped: a bug of its own. */
    FAILED,
    /** The tenant's fuel is used up. */
    OUT_OF_FUEL,
    /** It took too long, by the clock. */
    OUT_OF_TIME,
    /** It wants more than anybody gets, or is no script. */
    REFUSED
  }
}
