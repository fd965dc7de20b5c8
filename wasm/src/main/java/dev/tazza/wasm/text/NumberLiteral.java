package dev.tazza.wasm.text;

/** Number tokens (specification sections 6.3.1 and 6.3.2): their syntax, and integer values. */
final class NumberLiteral {
  private NumberLiteral() {}

  static int hexDigit(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  private static boolean isDigit(int c, boolean hex) {
    return hex ? hexDigit(c) >= 0 : c >= '0' && c <= '9';
  }

  /**
   * Index after the digits at {@code start}, or -1 if there is none. Underscores stand only between
   * two digits.
   */
  static int digits(byte[] bytes, int start, int end, boolean hex) {
    if (start >= end || !isDigit(bytes[start], hex)) {
      return -1;
    }
    int i = start + 1;
    while (i < end) {
      if (isDigit(bytes[i], hex)) {
        i++;
      } else if (bytes[i] == '_' && i + 1 < end && isDigit(bytes[i + 1], hex)) {
        i += 2;
      } else {
        break;
      }
    }
    return i;
  }

  static boolean isHex(byte[] bytes, int start, int end) {
    return start + 1 < end && bytes[start] == '0' && bytes[start + 1] == 'x';
  }

  /** Whether the characters are exactly {@code text}. */
  static boolean matches(byte[] bytes, int start, int end, String text) {
    return end - start == text.length() && startsWith(bytes, start, end, text);
  }

  static boolean startsWith(byte[] bytes, int start, int end, String text) {
    if (end - start < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Which kind of number the characters are, or RESERVED if none. */
  static TokenKind classify(byte[] bytes, int start, int end) {
    boolean signed = bytes[start] == '+' || bytes[start] == '-';
    int at = signed ? start + 1 : start;
    if (matches(bytes, at, end, "inf") || matches(bytes, at, end, "nan")) {
      return TokenKind.FLOAT;
    }
    if (startsWith(bytes, at, end, "nan:0x")) {
      return digits(bytes, at + 6, end, true) == end ? TokenKind.FLOAT : TokenKind.RESERVED;
    }
    boolean hex = isHex(bytes, at, end);
    at = digits(bytes, hex ? at + 2 : at, end, hex);
    if (at < 0) {
      return TokenKind.RESERVED;
    }
    if (at == end) {
      return signed ? TokenKind.INT : TokenKind.NAT;
    }
    if (bytes[at] == '.') {
      int fraction = digits(bytes, at + 1, end, hex);
      at = fraction < 0 ? at + 1 : fraction;
    }
    if (at < end && (bytes[at] | 0x20) == (hex ? 'p' : 'e')) {
      at++;
      if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
        at++;
      }
      at = digits(bytes, at, end, false);
    }
    return at == end ? TokenKind.FLOAT : TokenKind.RESERVED;
  }

  /**
   * The value of a NAT or INT token as a two's complement number of {@code bits} bits (8 to 64),
   * sign extended to a long. Signed and unsigned notations are both accepted, as the specification
   * has it for constants.
   */
  static long integer(SourceText source, int start, int end, int bits) {
    byte[] bytes = source.bytes();
    boolean negative = bytes[start] == '-';
    boolean signed = negative || bytes[start] == '+';
    long magnitude = magnitude(bytes, signed ? start + 1 : start, end);
    // -1 says "does not fit in 64 bits"; the true 2^64-1 fits only where everything fits.
    boolean overflow = magnitude == -1 && !isAllOnes(bytes, signed ? start + 1 : start, end);
    long limit = negative ? 1L << (bits - 1) : bits == 64 ? -1L : (1L << bits) - 1;
    if (overflow || Long.compareUnsigned(magnitude, limit) > 0) {
      throw source.malformed(start, "i" + bits + " constant out of range");
    }
    long value = negative ? -magnitude : magnitude;
    return value << (64 - bits) >> (64 - bits);
  }

  /** The value of an unsigned number without sign, below 2^bits. */
  static long unsigned(SourceText source, int start, int end, int bits) {
    byte[] bytes = source.bytes();
    long magnitude = magnitude(bytes, start, end);
    boolean overflow = magnitude == -1 && !isAllOnes(bytes, start, end);
    long limit = bits == 64 ? -1L : (1L << bits) - 1;
    if (overflow || Long.compareUnsigned(magnitude, limit) > 0) {
      throw source.malformed(start, "i" + bits + " constant out of range");
    }
    return magnitude;
  }

  /** The unsigned value, or -1 (2^64-1) if it does not fit in 64 bits. */
  private static long magnitude(byte[] bytes, int start, int end) {
    boolean hex = isHex(bytes, start, end);
    int base = hex ? 16 : 10;
    long value = 0;
    for (int i = hex ? start + 2 : start; i < end; i++) {
      if (bytes[i] == '_') {
        continue;
      }
      int digit = hexDigit(bytes[i]);
      if (Long.compareUnsigned(value, Long.divideUnsigned(-1 - digit, base)) > 0) {
        return -1;
      }
      value = value * base + digit;
    }
    return value;
  }

  /** Whether the number is exactly 2^64-1. */
  private static boolean isAllOnes(byte[] bytes, int start, int end) {
    boolean hex = isHex(bytes, start, end);
    String wanted = hex ? "ffffffffffffffff" : "18446744073709551615";
    int matched = 0;
    for (int i = hex ? start + 2 : start; i < end; i++) {
      int c = bytes[i] >= 'A' && bytes[i] <= 'F' ? bytes[i] | 0x20 : bytes[i];
      if (c == '_' || (matched == 0 && c == '0')) {
        continue;
      }
      if (matched == wanted.length() || wanted.charAt(matched++) != c) {
        return false;
      }
    }
    return matched == wanted.length();
  }
}
