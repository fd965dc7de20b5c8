package dev.tazza.wasm.text;

/** What the lexer tells apart. */
enum TokenKind {
  OPEN("("),
  CLOSE(")"),
  /** A keyword or an instruction's name; the payload is an entry of {@link WordTable}. */
  WORD("word"),
  /** {@code $name} or {@code $"name"}; the payload is a symbol of {@link Tokens}. */
  ID("identifier"),
  STRING("string"),
  /** An unsigned integer. */
  NAT("number"),
  /** An integer with a sign. */
  INT("number"),
  FLOAT("number"),
  /** {@code offset=N} */
  OFFSET("offset"),
  /** {@code align=N} */
  ALIGN("alignment"),
  /** A run of characters that is none of the above: always an error when it is used. */
  RESERVED("reserved"),
  /** A lexical error; the payload is its message in {@link Tokens}. */
  ERROR("error"),
  END("end of text");

  final String description;

  TokenKind(String description) {
    this.description = description;
  }
}
