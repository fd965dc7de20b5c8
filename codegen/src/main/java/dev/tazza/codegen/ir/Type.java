package dev.tazza.codegen.ir;

/** The type of an SSA value. {@link #NONE} is the type of instructions that produce no value. */
public enum Type {
  NONE(0, "none"),
  I32(4, "i32"),
  I64(8, "i64"),
  F32(4, "f32"),
  F64(8, "f64"),
  V128(16, "v128"),
  /**
   * A reference that the client's collector may change during a call: 4 bytes, 0 is null. There is
   * no arithmetic on it.
   */
  REF(4, "ref");

  private final int bytes;
  private final String text;

  Type(int bytes, String text) {
    this.bytes = bytes;
    this.text = text;
  }

  /** Size in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Size in bits. */
  public int bits() {
    return bytes * 8;
  }

  public boolean isInt() {
    return this == I32 || this == I64;
  }

  /** Whether it is kept in an integer register. */
  public boolean isGeneral() {
    return isInt() || this == REF;
  }

  public boolean isFloat() {
    return this == F32 || this == F64;
  }

  public boolean isVector() {
    return this == V128;
  }

  @Override
  public String toString() {
    return text;
  }
}
