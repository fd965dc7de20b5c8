package dev.tazza.codegen.ir;

/** How a vector operation divides its 128 bits into lanes. */
public enum Shape {
  I8X16(1, false, Type.I32),
  I16X8(2, false, Type.I32),
  I32X4(4, false, Type.I32),
  I64X2(8, false, Type.I64),
  F32X4(4, true, Type.F32),
  F64X2(8, true, Type.F64);

  private static final Shape[] SHAPES = values();

  private final int laneBytes;
  private final boolean isFloat;
  private final Type laneType;
  private final String text = name().toLowerCase(java.util.Locale.ROOT);

  Shape(int laneBytes, boolean isFloat, Type laneType) {
    this.laneBytes = laneBytes;
    this.isFloat = isFloat;
    this.laneType = laneType;
  }

  /** Size of a lane in bytes. */
  public int laneBytes() {
    return laneBytes;
  }

  public int laneBits() {
    return laneBytes * 8;
  }

  /** Number of lanes. */
  public int lanes() {
    return 16 / laneBytes;
  }

  public boolean isFloat() {
    return isFloat;
  }

  /** The type of one lane as a scalar: narrow integers are I32. */
  public Type laneType() {
    return laneType;
  }

  /** The integer shape with lanes half as wide; there is none for I8X16. */
  public Shape narrower() {
    return switch (this) {
      case I16X8 -> I8X16;
      case I32X4 -> I16X8;
      case I64X2 -> I32X4;
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** The shape with this name, or null. */
  static @org.jspecify.annotations.Nullable Shape of(String text) {
    for (Shape shape : SHAPES) {
      if (shape.text.equals(text)) {
        return shape;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return text;
  }
}
