package dev.tazza;

import java.util.Objects;

/**
 * A 128-bit vector: a value of type v128. How it is divided into lanes is up to who looks at it;
 * lane 0 is in the lowest bits. Immutable.
 *
 * @param low bytes 0 to 7, little-endian
 * @param high bytes 8 to 15
 */
public record V128(long low, long high) {
  public static final V128 ZERO = new V128(0, 0);
  private static final int BYTES = 16;

  /**
   * The vector of 16 bytes, byte 0 in the lowest bits.
   *
   * @throws IllegalArgumentException when there are not 16
   */
  public static V128 ofBytes(byte... bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a vector has 16 bytes, not " + bytes.length);
    }
    long low = 0;
    long high = 0;
    for (int i = 7; i >= 0; i--) {
      low = low << 8 | bytes[i] & 0xff;
      high = high << 8 | bytes[i + 8] & 0xff;
    }
    return new V128(low, high);
  }

  public static V128 ofI32x4(int lane0, int lane1, int lane2, int lane3) {
    return new V128(pair(lane0, lane1), pair(lane2, lane3));
  }

  public static V128 ofI64x2(long lane0, long lane1) {
    return new V128(lane0, lane1);
  }

  public static V128 ofF32x4(float lane0, float lane1, float lane2, float lane3) {
    return ofI32x4(
        Float.floatToRawIntBits(lane0),
        Float.floatToRawIntBits(lane1),
        Float.floatToRawIntBits(lane2),
        Float.floatToRawIntBits(lane3));
  }

  public static V128 ofF64x2(double lane0, double lane1) {
    return new V128(Double.doubleToRawLongBits(lane0), Double.doubleToRawLongBits(lane1));
  }

  private static long pair(int low, int high) {
    return (long) high << 32 | low & 0xffff_ffffL;
  }

  /** Lane 0 to 15 of i8x16. */
  public byte i8(int lane) {
    return (byte) bits(1, lane);
  }

  /** Lane 0 to 7 of i16x8. */
  public short i16(int lane) {
    return (short) bits(2, lane);
  }

  /** Lane 0 to 3 of i32x4. */
  public int i32(int lane) {
    return (int) bits(4, lane);
  }

  /** Lane 0 or 1 of i64x2. */
  public long i64(int lane) {
    return bits(8, lane);
  }

  /** Lane 0 to 3 of f32x4. */
  public float f32(int lane) {
    return Float.intBitsToFloat(i32(lane));
  }

  /** Lane 0 or 1 of f64x2. */
  public double f64(int lane) {
    return Double.longBitsToDouble(i64(lane));
  }

  /** The lane's bits, and those above it. */
  private long bits(int bytes, int lane) {
    int at = bytes * Objects.checkIndex(lane, BYTES / bytes);
    return (at < 8 ? low : high) >>> 8 * (at & 7);
  }

  /** Its 16 bytes, the lowest first. */
  public byte[] toBytes() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = i8(i);
    }
    return bytes;
  }

  /** As in the text format, such as {@code i32x4 0x00000001 0x00000002 0x00000003 0x00000004}. */
  @Override
  public String toString() {
    return "i32x4 0x%08x 0x%08x 0x%08x 0x%08x".formatted(i32(0), i32(1), i32(2), i32(3));
  }
}
