package dev.tazza.wasm.text;

/** Strings of the text format. */
final class TextQuote {
  private static final String HEX = "0123456789abcdef";

  private TextQuote() {}

  /** A name in quotes. Characters that do not show, or that reorder the text, are escaped. */
  static void append(StringBuilder out, String name) {
    out.append('"');
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      i += Character.charCount(c);
      if (c == '"' || c == '\\') {
        out.append('\\').append((char) c);
      } else if (isVisible(c)) {
        out.appendCodePoint(c);
      } else {
        out.append("\\u{").append(Integer.toHexString(c)).append('}');
      }
    }
    out.append('"');
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** The bytes in {@code [start, end)} in quotes. */
  static void append(StringBuilder out, byte[] bytes, int start, int end) {
    out.append('"');
    for (int i = start; i < end; i++) {
      int b = bytes[i] & 0xFF;
      if (b >= 0x20 && b < 0x7F && b != '"' && b != '\\') {
        out.append((char) b);
      } else {
        out.append('\\').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xF));
      }
    }
    out.append('"');
  }
}
