package dev.tazza.codegen.ir;

/** Splits the text of functions into words, numbers and punctuation; {@code ;} starts a comment. */
final class IrLexer {
  private final String text;
  private int at;
  private int line = 1;

  /** The current token; empty at the end. */
  private String token = "";

  /** Whether the current token is the first of its line. */
  private boolean first;

  IrLexer(String text) {
    this.text = text;
    next();
  }

  static boolean isNameChar(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '_'
        || c == '.'
        || c == '$';
  }

  String token() {
    return token;
  }

  boolean startsLine() {
    return first;
  }

  boolean atEnd() {
    return token.isEmpty();
  }

  boolean is(String expected) {
    return token.equals(expected);
  }

  /** Moves on if the current token is {@code expected}. */
  boolean take(String expected) {
    if (!is(expected)) {
      return false;
    }
    next();
    return true;
  }

  void expect(String expected) {
    if (!take(expected)) {
      throw error("expected " + expected + ", found '" + token + "'");
    }
  }

  /** Returns the current token and moves on. */
  String takeAny() {
    String result = token;
    if (result.isEmpty()) {
      throw error("unexpected end");
    }
    next();
    return result;
  }

  String takeName() {
    if (token.isEmpty() || !isNameChar(token.charAt(0))) {
      throw error("expected a name, found '" + token + "'");
    }
    return takeAny();
  }

  /** A decimal number with an optional sign, or hexadecimal bits. */
  long takeNumber() {
    boolean negative = take("-");
    if (!negative) {
      take("+");
    }
    String digits = takeName();
    try {
      return digits.startsWith("0x")
          ? Long.parseUnsignedLong(digits, 2, digits.length(), 16)
          : Long.parseLong((negative ? "-" : "") + digits);
    } catch (NumberFormatException e) {
      throw error("expected a number, found '" + digits + "'");
    }
  }

  int takeInt() {
    return Math.toIntExact(takeNumber());
  }

  ParseException error(String message) {
    return new ParseException(line, message);
  }

  private void next() {
    int before = line;
    skipBlanks();
    first = line != before;
    int start = at;
    if (at == text.length()) {
      token = "";
    } else if (isNameChar(text.charAt(at))) {
      while (at < text.length() && isNameChar(text.charAt(at))) {
        at++;
      }
      token = text.substring(start, at);
    } else {
      at += text.startsWith("->", at) ? 2 : 1;
      token = text.substring(start, at);
    }
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ';') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(c)) {
        line += c == '\n' ? 1 : 0;
        at++;
      } else {
        return;
      }
    }
  }
}
