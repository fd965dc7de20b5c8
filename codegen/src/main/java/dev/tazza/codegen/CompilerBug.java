package dev.tazza.codegen;

/**
 * The compiler broke one of its own invariants. Not an error of the input: please report it, with
 * the dump.
 */
public final class CompilerBug extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String stage;
  private final String function;
  private final String dump;

  /**
   * @param stage the pass or stage that failed
   * @param function the function that was compiled
   * @param dump the function's text at that point, or empty
   */
  public CompilerBug(String stage, String function, String message, String dump) {
    super("compiler bug in " + stage + ", function " + function + ": " + message);
    this.stage = stage;
    this.function = function;
    this.dump = dump;
  }

  public String stage() {
    return stage;
  }

  public String function() {
    return function;
  }

  public String dump() {
    return dump;
  }
}
