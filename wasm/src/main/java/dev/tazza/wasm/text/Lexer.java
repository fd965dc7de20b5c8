package dev.tazza.wasm.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns a source text into {@link Tokens} in one pass (specification section 6.2). Comments are
 * dropped, after their own syntax has been checked also annotations, but for those that mean
 * something: {@link AnnotationTable}.
 *
 * <p>A lexical error becomes an {@link TokenKind#ERROR} token. It is reported when a parser reaches
 * it: in a test script, one module's bad token is then that command's failure and not the file's.
 */
final class Lexer {
  private static final boolean[] IDENTIFIER_CHARACTER = identifierCharacters();

  private final byte[] bytes;
  private final int limit;
  private final boolean isInAnnotation;
  private final Tokens tokens;
  private int at;

  private Lexer(SourceText source, int at, int limit, boolean isInAnnotation) {
    bytes = source.bytes();
    this.at = at;
    this.limit = limit;
    this.isInAnnotation = isInAnnotation;
    tokens = new Tokens(source, isInAnnotation ? 8 : 256);
  }

  static Tokens tokenize(SourceText source) {
    return new Lexer(source, 0, source.bytes().length, false).run();
  }

  /**
   * The tokens in a range of the source that is an annotation, in which {@link #tokenize} has found
   * no error. Annotations in it mean nothing.
   */
  static Tokens annotation(SourceText source, int from, int to) {
    return new Lexer(source, from, to, true).run();
  }

  private static boolean[] identifierCharacters() {
    boolean[] set = new boolean[256];
    for (char c = '!'; c <= '~'; c++) {
      set[c] = "\"(),;[]{}".indexOf(c) < 0;
    }
    return set;
  }

  static boolean isIdentifierCharacter(int c) {
    return c >= 0 && c < 256 && IDENTIFIER_CHARACTER[c];
  }

  private Tokens run() {
    while (at < limit) {
      int start = at;
      switch (bytes[at]) {
        case ' ', '\t', '\n', '\r' -> at++;
        case '(' -> open();
        case ')' -> {
          at++;
          tokens.add(TokenKind.CLOSE, start, at, 0);
        }
        default -> {
          if (startsLineComment(at)) {
            lineComment();
          } else if (isRunCharacter(bytes[at])) {
            word();
          } else {
            illegalCharacter();
          }
        }
      }
    }
    tokens.add(TokenKind.END, limit, limit, 0);
    return tokens;
  }

  private int peek(int ahead) {
    return at + ahead < bytes.length ? bytes[at + ahead] : -1;
  }

  private void open() {
    if (peek(1) == ';') {
      blockComment();
    } else if (peek(1) == '@') {
      annotation();
    } else {
      tokens.add(TokenKind.OPEN, at, at + 1, 0);
      at++;
    }
  }

  private void illegalCharacter() {
    int length = bytes[at] < 0 ? Utf8.length(bytes, at) : 1;
    String message = length < 0 ? "malformed UTF-8 encoding" : "illegal character";
    int start = at;
    at += Math.max(length, 1);
    tokens.addError(start, at, message);
  }

  private boolean startsLineComment(int offset) {
    return bytes[offset] == ';' && offset + 1 < bytes.length && bytes[offset + 1] == ';';
  }

  private void lineComment() {
    while (at < bytes.length && bytes[at] != '\n' && bytes[at] != '\r') {
      commentCharacter();
    }
  }

  private void blockComment() {
    int start = at;
    int depth = 0;
    do {
      if (peek(0) == '(' && peek(1) == ';') {
        depth++;
        at += 2;
      } else if (peek(0) == ';' && peek(1) == ')') {
        depth--;
        at += 2;
      } else if (at < bytes.length) {
        commentCharacter();
      } else {
        tokens.addError(start, bytes.length, "unclosed comment");
        return;
      }
    } while (depth > 0);
  }

  private void commentCharacter() {
    if (bytes[at] >= 0) {
      at++;
      return;
    }
    int length = Utf8.length(bytes, at);
    if (length < 0) {
      illegalCharacter();
    } else {
      at += length;
    }
  }

  /** {@code (@name …)}; inside it anything goes that is made of tokens. */
  private void annotation() {
    int start = at;
    int errors = tokens.count();
    at += 2;
    byte[] id = {};
    if (peek(0) == '"') {
      id = quotedAnnotationId(start);
      if (id == null) {
        return;
      }
    } else if (isIdentifierCharacter(peek(0))) {
      while (isIdentifierCharacter(peek(0))) {
        at++;
      }
      id = Arrays.copyOfRange(bytes, start + 2, at);
    } else {
      tokens.addError(start, at, "empty annotation id");
    }
    int contents = at;
    if (!skipAnnotation()) {
      tokens.addError(start, bytes.length, "unclosed annotation");
    } else if (tokens.count() == errors && !isInAnnotation) {
      AnnotationTable.Kind kind = AnnotationTable.Kind.of(id);
      if (kind != null) {
        tokens.annotations().add(kind, errors, start, contents, at - 1);
      }
    }
  }

  /** Moves behind the parenthesis that closes an annotation; false if there is none. */
  private boolean skipAnnotation() {
    int depth = 1;
    while (depth > 0) {
      if (at >= bytes.length) {
        return false;
      }
      switch (bytes[at]) {
        case '(' -> {
          if (peek(1) == ';') {
            blockComment();
          } else {
            depth++;
            at++;
          }
        }
        case ')' -> {
          depth--;
          at++;
        }
        case '"' -> string();
        case ' ', '\t', '\n', '\r' -> at++;
        default -> {
          if (startsLineComment(at)) {
            lineComment();
          } else if (isRunCharacter(bytes[at])) {
            at++;
          } else {
            illegalCharacter();
          }
        }
      }
    }
    return true;
  }

  /** The name of an annotation in quotes; null if the rest cannot be read. */
  private byte @Nullable [] quotedAnnotationId(int start) {
    StringLiteral.Scan scan = StringLiteral.scan(bytes, at);
    String message = null;
    byte[] name = {};
    if (scan.flaw() != null) {
      message = nameFlaw(scan.flaw(), "empty annotation id");
    } else {
      name = StringLiteral.decode(bytes, at, scan.end());
      if (name.length == 0) {
        message = "empty annotation id";
      } else if (StringLiteral.utf8(name) == null) {
        message = "malformed UTF-8 encoding";
      }
    }
    at = scan.end();
    if (message != null) {
      tokens.addError(start, at, message);
    }
    return at < bytes.length || message == null ? name : null;
  }

  /** Names in quotes may not hold control characters: as if the name had not begun. */
  private static String nameFlaw(StringLiteral.Flaw flaw, String empty) {
    boolean control = flaw.message().startsWith("unclosed") || flaw.message().contains("control");
    return control ? empty : flaw.message();
  }

  /** Moves over a string and reports its flaw; true if it has none. */
  private boolean string() {
    StringLiteral.Scan scan = StringLiteral.scan(bytes, at);
    at = scan.end();
    StringLiteral.Flaw flaw = scan.flaw();
    if (flaw != null) {
      tokens.addError(flaw.offset(), at, flaw.message());
    }
    return flaw == null;
  }

  /** Whether a character belongs to a run that only spaces, parentheses and comments end. */
  private boolean isRunCharacter(byte c) {
    if (isIdentifierCharacter(c)) {
      return true;
    }
    return switch (c) {
      case '"', ',', ';', '[', ']', '{', '}' -> true;
      default -> false;
    };
  }

  private void word() {
    int start = at;
    if (bytes[at] == '$' && peek(1) == '"') {
      quotedIdentifier();
      return;
    }
    boolean plain = true;
    int strings = 0;
    int others = 0;
    while (at < bytes.length && isRunCharacter(bytes[at]) && !startsLineComment(at)) {
      if (bytes[at] == '"') {
        strings++;
        if (!string()) {
          return;
        }
      } else {
        plain &= isIdentifierCharacter(bytes[at++]);
        others++;
      }
    }
    if (strings == 1 && others == 0) {
      tokens.add(TokenKind.STRING, start, at, 0);
    } else if (strings == 0 && plain) {
      plainWord(start, at);
    } else {
      tokens.add(TokenKind.RESERVED, start, at, 0);
    }
  }

  private void plainWord(int start, int end) {
    if (bytes[start] == '$') {
      if (end - start == 1) {
        tokens.addError(start, end, "empty identifier");
      } else {
        tokens.addIdentifier(start, end, tokens.source().text(start + 1, end));
      }
      return;
    }
    int entry = WordTable.find(bytes, start, end);
    if (entry >= 0) {
      tokens.add(TokenKind.WORD, start, end, entry);
      return;
    }
    TokenKind kind = valueAssignment(start, end, "offset=", TokenKind.OFFSET);
    kind = kind != null ? kind : valueAssignment(start, end, "align=", TokenKind.ALIGN);
    tokens.add(kind != null ? kind : NumberLiteral.classify(bytes, start, end), start, end, 0);
  }

  private @Nullable TokenKind valueAssignment(int start, int end, String prefix, TokenKind kind) {
    int value = start + prefix.length();
    boolean matches =
        value < end
            && NumberLiteral.startsWith(bytes, start, end, prefix)
            && NumberLiteral.classify(bytes, value, end) == TokenKind.NAT;
    return matches ? kind : null;
  }

  private void quotedIdentifier() {
    int start = at;
    at++;
    StringLiteral.Scan scan = StringLiteral.scan(bytes, at);
    int quote = at;
    at = scan.end();
    if (scan.flaw() != null) {
      tokens.addError(start, at, nameFlaw(scan.flaw(), "empty identifier"));
      return;
    }
    if (at < bytes.length && isRunCharacter(bytes[at]) && !startsLineComment(at)) {
      while (at < bytes.length && isIdentifierCharacter(bytes[at])) {
        at++;
      }
      tokens.add(TokenKind.RESERVED, start, at, 0);
      return;
    }
    String name = StringLiteral.utf8(StringLiteral.decode(bytes, quote, at));
    if (name == null) {
      tokens.addError(start, at, "malformed UTF-8 encoding");
    } else if (name.isEmpty()) {
      tokens.addError(start, at, "empty identifier");
    } else {
      tokens.addIdentifier(start, at, name);
    }
  }
}
