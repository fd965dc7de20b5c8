package dev.tazza.wasm.text;

/**
 * A place in a source text. Lines and columns count from 1; a column is a number of Unicode
 * characters, not of bytes.
 */
public record Position(int line, int column) {
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
