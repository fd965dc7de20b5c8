package dev.tazza.cli.wast;

import java.util.List;

/**
 * What became of a script.
 *
 * @param passed commands that did what the script says
 * @param failures the others, in order
 */
public record WastReport(int passed, List<Failure> failures) {
  /**
   * A command that did something else.
   *
   * @param line where it begins
   * @param message what was expected and what happened
   */
  public record Failure(int line, String message) {}

  public WastReport {
    failures = List.copyOf(failures);
  }

  /** Whether nothing failed. */
  public boolean ok() {
    return failures.isEmpty();
  }
}
