package dev.tazza.wasm.type;

/**
 * A kind of exceptions.
 *
 * @param function its parameters are what such an exception carries; it has no results
 */
public record TagType(FuncType function) implements ExternType {

  @Override
  public ExternKind kind() {
    return ExternKind.TAG;
  }

  @Override
  public String toString() {
    return "tag " + function;
  }
}
