package dev.tazza.wasm.type;

/** Integers that exist in fields only; read and written as i32. */
public enum PackedType implements StorageType {
  I8(TypeCode.I8, "i8"),
  I16(TypeCode.I16, "i16");

  private final int code;
  private final String text;

  PackedType(int code, String text) {
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
