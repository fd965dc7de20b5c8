package dev.tazza;

/** Whether backtraces tell lines of the source: {@link Config#wasmBacktraceDetails}. */
public enum BacktraceDetails {
  DISABLE,
  ENABLE,
  /** As the environment variable {@code TAZZA_BACKTRACE_DETAILS} says: 1 enables. */
  ENVIRONMENT;

  /** The environment variable. */
  static final String VARIABLE = "TAZZA_BACKTRACE_DETAILS";
}
