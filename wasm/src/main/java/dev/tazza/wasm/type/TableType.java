package dev.tazza.wasm.type;

/** A table of references. */
public record TableType(RefType elementType, Limits limits) implements ExternType {

  @Override
  public ExternKind kind() {
    return ExternKind.TABLE;
  }

  @Override
  public String toString() {
    return "table " + limits + " " + elementType;
  }
}
