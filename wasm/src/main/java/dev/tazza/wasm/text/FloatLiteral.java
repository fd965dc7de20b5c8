package dev.tazza.wasm.text;

/**
 * Floating-point constants (specification section 6.3.2), rounded to nearest with ties to even.
 * Decimal notation goes through {@link Double#parseDouble} and {@link Float#parseFloat}, which
 * round correctly; a float is never rounded by way of a double.
 */
final class FloatLiteral {
  private static final int EXPONENT_LIMIT = 1 << 28;

  private FloatLiteral() {}

  /** The bits of an f32 constant: the token is NAT, INT or FLOAT. */
  static int f32(SourceText source, int start, int end) {
    return (int) bits(source, start, end, 32, 23);
  }

  /** The bits of an f64 constant. */
  static long f64(SourceText source, int start, int end) {
    return bits(source, start, end, 64, 52);
  }

  private static long bits(SourceText source, int start, int end, int width, int mantissaBits) {
    byte[] bytes = source.bytes();
    boolean negative = bytes[start] == '-';
    int at = negative || bytes[start] == '+' ? start + 1 : start;
    long sign = negative ? 1L << (width - 1) : 0;
    long infinity = ((1L << (width - 1 - mantissaBits)) - 1) << mantissaBits;
    if (bytes[at] == 'i') {
      return sign | infinity;
    }
    if (bytes[at] == 'n') {
      return sign | infinity | nanPayload(source, at, end, width, mantissaBits);
    }
    long magnitude;
    if (NumberLiteral.isHex(bytes, at, end)) {
      magnitude = hexadecimal(bytes, at + 2, end, width, mantissaBits);
    } else {
      String digits = source.text(at, end).replace("_", "");
      magnitude =
          width == 32
              ? Float.floatToRawIntBits(Float.parseFloat(digits))
              : Double.doubleToRawLongBits(Double.parseDouble(digits));
    }
    if (Long.compareUnsigned(magnitude, infinity) >= 0) {
      throw source.malformed(start, "f" + width + " constant out of range");
    }
    return sign | magnitude;
  }

  private static long nanPayload(SourceText source, int at, int end, int width, int mantissaBits) {
    if (end - at == 3) {
      return 1L << (mantissaBits - 1);
    }
    long payload = 0;
    byte[] bytes = source.bytes();
    for (int i = at + 6; i < end && payload >>> mantissaBits == 0; i++) {
      if (bytes[i] != '_') {
        payload = (payload << 4) | NumberLiteral.hexDigit(bytes[i]);
      }
    }
    if (payload == 0 || payload >>> mantissaBits != 0) {
      throw source.malformed(at, "f" + width + " constant out of range: the payload of a NaN");
    }
    return payload;
  }

  /**
   * Reads hexadecimal digits, fraction and exponent. The first 60 significant bits are kept; all
   * later digits matter only as "there was something": one sticky bit decides a tie.
   */
  private static long hexadecimal(byte[] bytes, int start, int end, int width, int mantissaBits) {
    long significand = 0;
    boolean sticky = false;
    long exponent = 0;
    boolean fraction = false;
    int at = start;
    for (; at < end && (bytes[at] | 0x20) != 'p'; at++) {
      if (bytes[at] == '_') {
        continue;
      }
      if (bytes[at] == '.') {
        fraction = true;
        continue;
      }
      int digit = NumberLiteral.hexDigit(bytes[at]);
      if (significand >>> 56 == 0) {
        significand = (significand << 4) | digit;
        exponent -= fraction ? 4 : 0;
      } else {
        sticky |= digit != 0;
        exponent += fraction ? 0 : 4;
      }
    }
    if (at < end) {
      exponent += exponent(bytes, at + 1, end);
    }
    return round(significand, sticky, exponent, width, mantissaBits);
  }

  private static long exponent(byte[] bytes, int start, int end) {
    boolean negative = bytes[start] == '-';
    long value = 0;
    // The limit is larger than any exponent a text of 2 GiB can make up for with its digits, times
    // the four bits a digit has.
    for (int i = negative || bytes[start] == '+' ? start + 1 : start; i < end; i++) {
      if (bytes[i] != '_' && value < 64L * EXPONENT_LIMIT) {
        value = 10 * value + (bytes[i] - '0');
      }
    }
    return negative ? -value : value;
  }

  /** The bits of significand * 2^exponent; infinity's bits if it is too large. */
  private static long round(
      long significand, boolean sticky, long exponent, int width, int mantissaBits) {
    if (significand == 0) {
      return 0;
    }
    int bias = (1 << (width - 2 - mantissaBits)) - 1;
    int length = 64 - Long.numberOfLeadingZeros(significand);
    // The value lies in [2^scale, 2^(scale+1)).
    long scale = exponent + length - 1;
    if (scale > bias) {
      return (2L * bias + 1) << mantissaBits;
    }
    boolean subnormal = scale < 1 - bias;
    // Bits of the significand that remain: one more than the mantissa, fewer when subnormal.
    long kept = subnormal ? mantissaBits + scale - (1 - bias) + 1 : mantissaBits + 1;
    if (kept < 0) {
      return 0;
    }
    long drop = length - kept;
    long rounded;
    if (drop <= 0) {
      rounded = significand << -drop;
    } else {
      rounded = significand >>> drop;
      long rest = significand & ((1L << drop) - 1);
      long half = 1L << (drop - 1);
      boolean up = rest > half || (rest == half && (sticky || (rounded & 1) != 0));
      rounded += up ? 1 : 0;
    }
    // A carry out of the mantissa raises the exponent field by itself.
    return subnormal ? rounded : rounded + ((scale + bias - 1) << mantissaBits);
  }
}
