package dev.tazza.wasm.type;

/** The four number types. */
public enum NumType implements ValType {
  I32(TypeCode.I32, "i32"),
  I64(TypeCode.I64, "i64"),
  F32(TypeCode.F32, "f32"),
  F64(TypeCode.F64, "f64");

  private final int code;
  private final String text;

  NumType(int code, String text) {
    this.code = code;
    this.text = text;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public String toString() {
    return text;
  }
}
