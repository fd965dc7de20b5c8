package dev.tazza.wasm.demangle;

import org.jspecify.annotations.Nullable;

/**
 * Names of Rust in the form it used before v0: those of C++ namespaces, the last of which is a hash
 * ({@code _ZN4core3fmt5write17h0123456789abcdefE}), which is left out. Characters that symbols
 * cannot have are written as {@code $LT$} and so on.
 */
final class RustLegacy {
  private static final int HASH_DIGITS = 16;

  private RustLegacy() {}

  /** The path, or null when it is none of Rust. */
  static @Nullable String demangle(String symbol) {
    NameCursor in = new NameCursor(symbol, 2);
    if (!in.eat('N')) {
      return null;
    }
    StringBuilder path = new StringBuilder();
    String last = null;
    while (in.atDigit()) {
      if (last != null) {
        path.append(path.isEmpty() ? "" : "::");
        appendElement(path, last);
      }
      last = in.take(in.decimal());
    }
    if (last == null || path.isEmpty() || !isHash(last) || !in.eat('E')) {
      return null;
    }
    return path + suffix(in.rest());
  }

  /** What follows a name of Rust, without what LLVM adds to tell copies apart. */
  static String suffix(String rest) {
    int llvm = rest.indexOf(".llvm.");
    String suffix = llvm < 0 ? rest : rest.substring(0, llvm);
    if (!suffix.isEmpty() && suffix.charAt(0) != '.') {
      throw new NotMangledException("something follows the name");
    }
    return suffix;
  }

  private static boolean isHash(String element) {
    if (element.length() != 1 + HASH_DIGITS || element.charAt(0) != 'h') {
      return false;
    }
    return element.substring(1).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
  }

  private static void appendElement(StringBuilder path, String element) {
    int at = element.startsWith("_$") ? 1 : 0; // an underscore is there because $ may not be first
    while (at < element.length()) {
      char c = element.charAt(at);
      int end = c == '$' ? element.indexOf('$', at + 1) : -1;
      String escaped = end < 0 ? null : character(element.substring(at + 1, end));
      if (escaped != null) {
        path.append(escaped);
        at = end + 1;
      } else if (element.startsWith("..", at)) {
        path.append("::");
        at += 2;
      } else {
        path.append(c);
        at++;
      }
    }
  }

  /** The character with a name between dollars, or null. */
  private static @Nullable String character(String name) {
    return switch (name) {
      case "SP" -> "@";
      case "BP" -> "*";
      case "RF" -> "&";
      case "LT" -> "<";
      case "GT" -> ">";
      case "LP" -> "(";
      case "RP" -> ")";
      case "C" -> ",";
      default -> codePoint(name);
    };
  }

  private static @Nullable String codePoint(String name) {
    if (name.length() < 2 || name.length() > 7 || name.charAt(0) != 'u') {
      return null;
    }
    int code = 0;
    for (char c : name.substring(1).toCharArray()) {
      int digit = Character.digit(c, 16);
      if (digit < 0) {
        return null;
      }
      code = code << 4 | digit;
    }
    return Character.isValidCodePoint(code) ? Character.toString(code) : null;
  }
}
