package dev.tazza.codegen.ir;

/**
 * The text of a function cannot be read. For tests and tools: no input of an engine is read this
 * way.
 */
public final class ParseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ParseException(int line, String message) {
    super("line " + line + ": " + message);
  }
}
