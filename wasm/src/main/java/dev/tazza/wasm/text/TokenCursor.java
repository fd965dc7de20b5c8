package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.operator.Operator;
import org.jspecify.annotations.Nullable;

/**
 * A reading position in {@link Tokens}, with the small steps every parser of the text format is
 * made of. It sees tokens up to a limit, where it reports {@link TokenKind#END}.
 */
final class TokenCursor {
  private final Tokens tokens;
  private final AnnotationReader annotations;
  private final int limit;
  private int at;

  TokenCursor(Tokens tokens, int at, int limit) {
    this.tokens = tokens;
    annotations = new AnnotationReader(tokens);
    this.at = at;
    this.limit = limit;
  }

  Tokens tokens() {
    return tokens;
  }

  AnnotationReader annotations() {
    return annotations;
  }

  /** Index of the token the cursor stands on. */
  int at() {
    return at;
  }

  void moveTo(int token) {
    at = token;
  }

  void advance() {
    at++;
  }

  /** Byte offset of the token the cursor stands on. */
  int offset() {
    return tokens.start(at);
  }

  TokenKind kind() {
    return kindAt(at);
  }

  private TokenKind kindAt(int token) {
    return token < limit ? tokens.kind(token) : TokenKind.END;
  }

  boolean is(TokenKind kind) {
    return kind() == kind;
  }

  /** The keyword under the cursor, null if there is another token. */
  @Nullable Keyword keyword() {
    return is(TokenKind.WORD) ? WordTable.keyword(tokens.payload(at)) : null;
  }

  /** The instruction name under the cursor, null if there is another token. */
  @Nullable Operator operator() {
    return is(TokenKind.WORD) ? WordTable.operator(tokens.payload(at)) : null;
  }

  boolean is(Keyword keyword) {
    return keyword() == keyword;
  }

  boolean accept(Keyword keyword) {
    boolean found = is(keyword);
    at += found ? 1 : 0;
    return found;
  }

  void expect(Keyword keyword) {
    if (!accept(keyword)) {
      throw unexpected("`" + keyword.text + "`");
    }
  }

  /** The keyword after an opening parenthesis under the cursor, null if there is none. */
  @Nullable Keyword openKeyword() {
    if (!is(TokenKind.OPEN) || kindAt(at + 1) != TokenKind.WORD) {
      return null;
    }
    return WordTable.keyword(tokens.payload(at + 1));
  }

  boolean acceptOpen(Keyword keyword) {
    boolean found = openKeyword() == keyword;
    at += found ? 2 : 0;
    return found;
  }

  void open() {
    if (!is(TokenKind.OPEN)) {
      throw unexpected("`(`");
    }
    at++;
  }

  void expectOpen(Keyword keyword) {
    open();
    expect(keyword);
  }

  boolean acceptClose() {
    boolean found = is(TokenKind.CLOSE);
    at += found ? 1 : 0;
    return found;
  }

  void close() {
    if (!acceptClose()) {
      throw unexpected("`)`");
    }
  }

  /** Moves behind the parenthesis that opens under the cursor, or behind the one token there. */
  void skip() {
    at = is(TokenKind.OPEN) ? Math.min(tokens.skip(at), limit) : at + 1;
  }

  /** The symbol of an identifier, or -1 if there is none. */
  int optionalIdentifier() {
    return is(TokenKind.ID) ? tokens.payload(at++) : -1;
  }

  /** The name of an identifier, or null if there is none. */
  @Nullable String optionalName() {
    int symbol = optionalIdentifier();
    return symbol < 0 ? null : tokens.name(symbol);
  }

  /** Whether an identifier is under the cursor, or a name in an annotation before it. */
  boolean isNamed() {
    return is(TokenKind.ID) || annotations.hasName(at);
  }

  /**
   * The name for the section of names of what has the identifier that has just been read: the
   * annotation behind it tells, else the identifier; null if there is neither.
   *
   * @param symbol of the identifier, -1 if there was none
   * @param owner what is named, for errors
   */
  @Nullable String debugName(int symbol, String owner) {
    String annotated = annotations.name(at, owner);
    return annotated == null && symbol >= 0 ? tokens.name(symbol) : annotated;
  }

  byte[] string() {
    if (!is(TokenKind.STRING)) {
      throw unexpected("a string");
    }
    byte[] bytes = StringLiteral.decode(tokens.source().bytes(), tokens.start(at), tokens.end(at));
    at++;
    return bytes;
  }

  /** A string that has to be UTF-8. */
  String name() {
    int token = at;
    String name = StringLiteral.utf8(string());
    if (name == null) {
      throw errorAt(token, "malformed UTF-8 encoding");
    }
    return name;
  }

  int u8() {
    return (int) unsigned(8);
  }

  int u32() {
    return (int) unsigned(32);
  }

  long u64() {
    return unsigned(64);
  }

  private long unsigned(int bits) {
    if (!is(TokenKind.NAT)) {
      throw unexpected("a number");
    }
    long value = NumberLiteral.unsigned(tokens.source(), tokens.start(at), tokens.end(at), bits);
    at++;
    return value;
  }

  /** An integer constant of the given width, sign extended. */
  long integer(int bits) {
    if (!is(TokenKind.NAT) && !is(TokenKind.INT)) {
      throw unexpected("an integer");
    }
    long value = NumberLiteral.integer(tokens.source(), tokens.start(at), tokens.end(at), bits);
    at++;
    return value;
  }

  boolean isFloat() {
    return switch (kind()) {
      case NAT, INT, FLOAT -> true;
      default -> false;
    };
  }

  int f32() {
    requireFloat();
    int bits = FloatLiteral.f32(tokens.source(), tokens.start(at), tokens.end(at));
    at++;
    return bits;
  }

  long f64() {
    requireFloat();
    long bits = FloatLiteral.f64(tokens.source(), tokens.start(at), tokens.end(at));
    at++;
    return bits;
  }

  private void requireFloat() {
    if (!isFloat()) {
      throw unexpected("a number");
    }
  }

  /** The number of an {@code offset=} or {@code align=} token. */
  long assignment(int bits) {
    int value = is(TokenKind.OFFSET) ? "offset=".length() : "align=".length();
    long number =
        NumberLiteral.unsigned(tokens.source(), tokens.start(at) + value, tokens.end(at), bits);
    at++;
    return number;
  }

  /** An error at the cursor: what is there is not what was expected. */
  MalformedException unexpected(String expected) {
    return unexpectedAt(at, expected);
  }

  MalformedException unexpectedAt(int token, String expected) {
    TokenKind kind = kindAt(token);
    return switch (kind) {
      case ERROR -> errorAt(token, tokens.message(token));
      case RESERVED -> UnknownWord.error(this, token);
      case END -> errorAt(token, "unexpected token: the text ends, expected " + expected);
      default -> {
        MalformedException unsupported = UnknownWord.unsupported(this, token);
        yield unsupported != null
            ? unsupported
            : errorAt(token, "unexpected token `" + excerpt(token) + "`, expected " + expected);
      }
    };
  }

  MalformedException error(String message) {
    return errorAt(at, message);
  }

  MalformedException errorAt(int token, String message) {
    return tokens.source().malformed(tokens.start(token), message);
  }

  /** The token's characters, or the first of them. */
  String excerpt(int token) {
    int start = tokens.start(token);
    int length = tokens.end(token) - start;
    return length <= 60
        ? tokens.text(token)
        : tokens.source().text(start, start + 60).replace("\uFFFD", "") + "…";
  }
}
