package dev.tazza.testkit;

import dev.tazza.V128;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;

/** Vectors from what each lane is, by its number. */
final class Lanes {
  private Lanes() {}

  static V128 i8x16(IntUnaryOperator lane) {
    byte[] bytes = new byte[16];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) lane.applyAsInt(i);
    }
    return V128.ofBytes(bytes);
  }

  static V128 i16x8(IntUnaryOperator lane) {
    return i8x16(i -> lane.applyAsInt(i / 2) >> i % 2 * 8);
  }

  static V128 i32x4(IntUnaryOperator lane) {
    return V128.ofI32x4(
        lane.applyAsInt(0), lane.applyAsInt(1), lane.applyAsInt(2), lane.applyAsInt(3));
  }

  static V128 i64x2(IntToLongFunction lane) {
    return V128.ofI64x2(lane.applyAsLong(0), lane.applyAsLong(1));
  }

  /** Lanes are rounded to f32. */
  static V128 f32x4(IntToDoubleFunction lane) {
    return V128.ofF32x4(
        (float) lane.applyAsDouble(0),
        (float) lane.applyAsDouble(1),
        (float) lane.applyAsDouble(2),
        (float) lane.applyAsDouble(3));
  }

  static V128 f64x2(IntToDoubleFunction lane) {
    return V128.ofF64x2(lane.applyAsDouble(0), lane.applyAsDouble(1));
  }

  static int u8(V128 vector, int lane) {
    return Byte.toUnsignedInt(vector.i8(lane));
  }

  static int u16(V128 vector, int lane) {
    return Short.toUnsignedInt(vector.i16(lane));
  }

  static long u32(V128 vector, int lane) {
    return Integer.toUnsignedLong(vector.i32(lane));
  }

  /** All bits or none. */
  static int mask(boolean condition) {
    return condition ? -1 : 0;
  }
}
