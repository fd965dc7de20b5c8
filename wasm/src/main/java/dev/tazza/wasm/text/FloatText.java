package dev.tazza.wasm.text;

/** Floats as text that reads back to the same bits. */
final class FloatText {
  private FloatText() {}

  static String f32(int bits) {
    String sign = bits < 0 ? "-" : "";
    int magnitude = bits & 0x7FFF_FFFF;
    if (magnitude > 0x7F80_0000) {
      int payload = magnitude & 0x7F_FFFF;
      return sign + (payload == 0x40_0000 ? "nan" : "nan:0x" + Integer.toHexString(payload));
    }
    return magnitude == 0x7F80_0000 ? sign + "inf" : Float.toString(Float.intBitsToFloat(bits));
  }

  static String f64(long bits) {
    String sign = bits < 0 ? "-" : "";
    long magnitude = bits & Long.MAX_VALUE;
    long infinity = 0x7FF0_0000_0000_0000L;
    if (magnitude > infinity) {
      long payload = magnitude & 0xF_FFFF_FFFF_FFFFL;
      boolean canonical = payload == 0x8_0000_0000_0000L;
      return sign + (canonical ? "nan" : "nan:0x" + Long.toHexString(payload));
    }
    return magnitude == infinity ? sign + "inf" : Double.toString(Double.longBitsToDouble(bits));
  }

  /** A vector as four integers, the form that says nothing wrong about what is in it. */
  static String v128(long low, long high) {
    return String.format(
        "i32x4 0x%08x 0x%08x 0x%08x 0x%08x",
        (int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32));
  }
}
