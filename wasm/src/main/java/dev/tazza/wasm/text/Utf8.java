package dev.tazza.wasm.text;

/** One character of UTF-8 at a time. */
final class Utf8 {
  private Utf8() {}

  /** Length of the multi-byte character at {@code at}, or -1 if it is malformed. */
  static int length(byte[] bytes, int at) {
    int lead = bytes[at] & 0xFF;
    int length = lead < 0xC2 ? -1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : -1;
    if (length < 0 || at + length > bytes.length) {
      return -1;
    }
    int scalar = lead & (0xFF >> (length + 1));
    for (int i = 1; i < length; i++) {
      int next = bytes[at + i] & 0xFF;
      if ((next & 0xC0) != 0x80) {
        return -1;
      }
      scalar = (scalar << 6) | (next & 0x3F);
    }
    boolean tooLong = (length == 3 && scalar < 0x800) || (length == 4 && scalar < 0x10000);
    boolean surrogate = scalar >= 0xD800 && scalar < 0xE000;
    return tooLong || surrogate || scalar > 0x10FFFF ? -1 : length;
  }

  /** Writes a character and returns the index after it. */
  static int encode(int scalar, byte[] out, int at) {
    int i = at;
    if (scalar < 0x80) {
      out[i++] = (byte) scalar;
    } else if (scalar < 0x800) {
      out[i++] = (byte) (0xC0 | (scalar >> 6));
      out[i++] = (byte) (0x80 | (scalar & 0x3F));
    } else if (scalar < 0x10000) {
      out[i++] = (byte) (0xE0 | (scalar >> 12));
      out[i++] = (byte) (0x80 | ((scalar >> 6) & 0x3F));
      out[i++] = (byte) (0x80 | (scalar & 0x3F));
    } else {
      out[i++] = (byte) (0xF0 | (scalar >> 18));
      out[i++] = (byte) (0x80 | ((scalar >> 12) & 0x3F));
      out[i++] = (byte) (0x80 | ((scalar >> 6) & 0x3F));
      out[i++] = (byte) (0x80 | (scalar & 0x3F));
    }
    return i;
  }
}
