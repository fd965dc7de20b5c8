package dev.tazza.wasm.demangle;

/**
 * Reads a mangled name from left to right. Also counts how deep rules are nested and how many were
 * followed: references back within a name can make the work exponential in its length.
 */
final class NameCursor {
  /** Rules within rules; real names have some dozens at most. */
  private static final int MOST_DEPTH = 256;

  /** Rules in all. */
  private static final int MOST_STEPS = 50_000;

  private final String text;
  private int position;
  private int depth;
  private int steps;

  /** At {@code position} of {@code text}. */
  NameCursor(String text, int position) {
    this.text = text;
    this.position = position;
  }

  int position() {
    return position;
  }

  void moveTo(int newPosition) {
    position = newPosition;
  }

  /** Begins a rule, which ends with {@link #leave}. */
  void enter() {
    if (++depth > MOST_DEPTH || ++steps > MOST_STEPS) {
      throw new NotMangledException("too complicated");
    }
  }

  void leave() {
    depth--;
  }

  boolean atEnd() {
    return position >= text.length();
  }

  /** The next character, or 0 at the end. */
  char peek() {
    return peek(0);
  }

  /** The character so many behind the next, or 0 behind the end. */
  char peek(int ahead) {
    return position + ahead < text.length() ? text.charAt(position + ahead) : 0;
  }

  char next() {
    if (atEnd()) {
      throw new NotMangledException("ends too early");
    }
    return text.charAt(position++);
  }

  /** Moves behind {@code prefix} if it is next. */
  boolean eat(String prefix) {
    boolean found = text.startsWith(prefix, position);
    position += found ? prefix.length() : 0;
    return found;
  }

  /** Moves behind {@code c} if it is next. */
  boolean eat(char c) {
    boolean found = peek() == c && !atEnd();
    position += found ? 1 : 0;
    return found;
  }

  void expect(char c) {
    if (!eat(c)) {
      throw new NotMangledException("expected " + c);
    }
  }

  boolean atDigit() {
    return peek() >= '0' && peek() <= '9';
  }

  /** A decimal number that fits an int. */
  int decimal() {
    if (!atDigit()) {
      throw new NotMangledException("expected a number");
    }
    long number = 0;
    while (atDigit()) {
      number = number * 10 + next() - '0';
      if (number > Integer.MAX_VALUE) {
        throw new NotMangledException("the number is too large");
      }
    }
    return (int) number;
  }

  /** The next {@code length} characters. */
  String take(int length) {
    if (length > text.length() - position) {
      throw new NotMangledException("ends too early");
    }
    position += length;
    return text.substring(position - length, position);
  }

  /** What is left. */
  String rest() {
    return text.substring(Math.min(position, text.length()));
  }
}
