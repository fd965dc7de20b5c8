package dev.tazza.wasm.type;

/** The one vector type. */
public enum VecType implements ValType {
  V128;

  @Override
  public int code() {
    return TypeCode.V128;
  }

  @Override
  public String toString() {
    return "v128";
  }
}
