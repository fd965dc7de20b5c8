package dev.tazza.wasm.demangle;

import java.util.Locale;

/** Text from a module, for terminals and files that have a line for each name. */
final class Printable {
  private Printable() {}

  /** {@code text} with at most {@code most} characters, and with escapes for what is no glyph. */
  static String of(String text, int most) {
    StringBuilder printable = null;
    int length = Math.min(text.length(), most);
    for (int i = 0; i < length; ) {
      int c = text.codePointAt(i);
      int size = Character.charCount(c);
      if (!isGlyph(c) && printable == null) {
        printable = new StringBuilder(text.substring(0, i));
      }
      if (printable != null) {
        if (printable.length() > most) {
          break;
        }
        printable.append(isGlyph(c) ? Character.toString(c) : escape(c));
      }
      i += size;
    }
    String whole = printable == null ? text : printable.toString();
    boolean cut = whole.length() > most || text.length() > most;
    return cut ? whole.substring(0, Math.min(whole.length(), most - 1)) + "…" : whole;
  }

  private static boolean isGlyph(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT, // among them what turns the direction of writing
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static String escape(int c) {
    return "\\u{" + Integer.toHexString(c).toLowerCase(Locale.ROOT) + "}";
  }
}
