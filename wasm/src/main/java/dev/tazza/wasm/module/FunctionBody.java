package dev.tazza.wasm.module;

/**
 * The range {@code [start, end)} of a function's body in the module's bytes: local declarations,
 * then the expression with its final {@code end}.
 */
public record FunctionBody(int functionIndex, int start, int end) {

  /** The size in bytes. */
  public int size() {
    return end - start;
  }
}
