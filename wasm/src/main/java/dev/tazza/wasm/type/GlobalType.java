package dev.tazza.wasm.type;

/** A global variable or constant. */
public record GlobalType(ValType valueType, boolean mutable) implements ExternType {

  @Override
  public ExternKind kind() {
    return ExternKind.GLOBAL;
  }

  @Override
  public String toString() {
    return "global " + (mutable ? "(mut " + valueType + ")" : valueType);
  }
}
