package dev.tazza.wasm.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a source text, as parallel arrays by token index; the last one is {@link
 * TokenKind#END}. Comments are gone, and annotations but for {@link #annotations}. Identifiers are
 * interned: equal names have equal symbols, whichever way they were written.
 *
 * <p>All tokens are kept so that a parser can look ahead, skip a parenthesis and come back to it
 * later, which the text format needs because names may be used before they are declared.
 */
final class Tokens {
  private static final TokenKind[] KINDS = TokenKind.values();

  private final SourceText source;
  private byte[] kinds;
  private int[] starts;
  private int[] ends;
  private int[] payloads;
  private int count;
  private final AnnotationTable annotations = new AnnotationTable();

  private record Symbol(int index) {}

  private final Map<String, Symbol> symbols = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> messages = new ArrayList<>();

  /** No tokens yet, with room for some. */
  Tokens(SourceText source, int capacity) {
    this.source = source;
    kinds = new byte[capacity];
    starts = new int[capacity];
    ends = new int[capacity];
    payloads = new int[capacity];
  }

  SourceText source() {
    return source;
  }

  int count() {
    return count;
  }

  void add(TokenKind kind, int start, int end, int payload) {
    if (count == kinds.length) {
      int capacity = 2 * count;
      kinds = Arrays.copyOf(kinds, capacity);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
      payloads = Arrays.copyOf(payloads, capacity);
    }
    kinds[count] = (byte) kind.ordinal();
    starts[count] = start;
    ends[count] = end;
    payloads[count++] = payload;
  }

  void addIdentifier(int start, int end, String name) {
    Symbol symbol = symbols.get(name);
    if (symbol == null) {
      symbol = new Symbol(names.size());
      symbols.put(name, symbol);
      names.add(name);
    }
    add(TokenKind.ID, start, end, symbol.index);
  }

  void addError(int start, int end, String message) {
    messages.add(message);
    add(TokenKind.ERROR, start, end, messages.size() - 1);
  }

  AnnotationTable annotations() {
    return annotations;
  }

  TokenKind kind(int token) {
    return KINDS[kinds[token]];
  }

  /** Byte offset of the token's first character. */
  int start(int token) {
    return starts[token];
  }

  int end(int token) {
    return ends[token];
  }

  int payload(int token) {
    return payloads[token];
  }

  String text(int token) {
    return source.text(starts[token], ends[token]);
  }

  /** The message of an {@link TokenKind#ERROR} token. */
  String message(int token) {
    return messages.get(payloads[token]);
  }

  /** The name behind a symbol, without the dollar sign. */
  String name(int symbol) {
    return names.get(symbol);
  }

  /** Index after the parenthesis that closes the one at {@code open}, or the END token's index. */
  int skip(int open) {
    int depth = 0;
    int token = open;
    while (token < count - 1) {
      TokenKind kind = kind(token++);
      if (kind == TokenKind.OPEN) {
        depth++;
      } else if (kind == TokenKind.CLOSE && --depth <= 0) {
        return token;
      }
    }
    return count - 1;
  }
}
