package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of one walk over the tokens of a module. Parsers take them where they may stand;
 * what nobody has taken in the end stands where it means nothing.
 */
final class AnnotationReader {
  private final SourceText source;
  private final AnnotationTable table;
  private final BitSet taken = new BitSet();

  AnnotationReader(Tokens tokens) {
    source = tokens.source();
    table = tokens.annotations();
  }

  /** The first annotation in front of {@code token} or a later one. */
  int firstFrom(int token) {
    return table.firstFrom(token);
  }

  /** Whether {@code annotation} is of a kind and stands in front of a token below {@code limit}. */
  boolean is(int annotation, AnnotationTable.Kind kind, int limit) {
    return isBefore(annotation, limit) && table.kind(annotation) == kind;
  }

  boolean isBefore(int annotation, int limit) {
    return annotation < table.count() && table.token(annotation) < limit;
  }

  /** The token that an annotation stands in front of. */
  int token(int annotation) {
    return table.token(annotation);
  }

  /** What an annotation holds, which then counts as read. */
  TokenCursor take(int annotation) {
    taken.set(annotation);
    return table.contents(annotation, source);
  }

  /** Whether there is an annotation {@code @name} in front of a token. */
  boolean hasName(int token) {
    return nameAt(token) >= 0;
  }

  private int nameAt(int token) {
    if (table.count() > 0) {
      for (int i = firstFrom(token); isBefore(i, token + 1); i++) {
        if (table.kind(i) == AnnotationTable.Kind.NAME) {
          return i;
        }
      }
    }
    return -1;
  }

  /**
   * What the annotation {@code @name} in front of a token says, null if there is none.
   *
   * @param owner what has the name, for errors: "func", "module"
   */
  @Nullable String name(int token, String owner) {
    int annotation = nameAt(token);
    if (annotation < 0) {
      return null;
    }
    TokenCursor contents = take(annotation);
    if (!contents.is(TokenKind.STRING)) {
      throw error(annotation, "unexpected token, expected a name in quotes");
    }
    String name = StringLiteral.utf8(contents.string());
    if (name == null) {
      throw error(annotation, "malformed UTF-8 encoding");
    }
    if (!contents.is(TokenKind.END)) {
      throw error(annotation, "unexpected token after the name");
    }
    for (int i = annotation + 1; isBefore(i, token + 1); i++) {
      if (table.kind(i) == AnnotationTable.Kind.NAME) {
        throw error(i, "multiple " + owner + " names");
      }
    }
    return name;
  }

  /** An error about what an annotation holds. */
  MalformedException error(int annotation, String message) {
    return source.malformed(
        table.start(annotation), "@" + table.kind(annotation).id + " annotation: " + message);
  }

  /** Complains of what was not taken in front of the tokens in {@code [from, to)}. */
  void requireTaken(int from, int to) {
    int annotation = taken.nextClearBit(firstFrom(from));
    if (isBefore(annotation, to)) {
      throw switch (table.kind(annotation)) {
        case BRANCH_HINT -> error(annotation, "not in a function");
        case CUSTOM, NAME ->
            source.malformed(
                table.start(annotation), "misplaced @" + table.kind(annotation).id + " annotation");
      };
    }
  }
}
