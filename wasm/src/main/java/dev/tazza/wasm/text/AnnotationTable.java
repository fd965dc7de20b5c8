package dev.tazza.wasm.text;

import dev.tazza.wasm.module.BranchHints;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a source text has annotations that mean something to its parser, in the order of the text.
 * An annotation has the token that it stands in front of; what it holds is read when it is asked
 * for.
 */
final class AnnotationTable {
  /** The annotations that mean something; all others are comments. */
  enum Kind {
    /** {@code (@metadata.code.branch_hint "\\00")} in front of a branch: {@link HintWriter}. */
    BRANCH_HINT(BranchHints.SECTION),
    /** {@code (@custom "name" (after func) "contents")}: {@link CustomSections}. */
    CUSTOM("custom"),
    /** {@code (@name "name")}, the name that goes into the section of names. */
    NAME("name");

    final String id;
    private final byte[] bytes;

    Kind(String id) {
      this.id = id;
      bytes = id.getBytes(StandardCharsets.US_ASCII);
    }

    /** The annotation that begins with {@code id}, null if it means nothing. */
    static @Nullable Kind of(byte[] id) {
      for (Kind kind : KINDS) {
        if (Arrays.equals(kind.bytes, id)) {
          return kind;
        }
      }
      return null;
    }
  }

  private static final Kind[] KINDS = Kind.values();

  private byte[] kinds = new byte[0];
  private int[] tokens = new int[0];
  private int[] starts = new int[0];
  private int[] contents = new int[0];
  private int[] ends = new int[0];
  private int count;

  /**
   * Adds one, which stands behind all others.
   *
   * @param token the token that it stands in front of
   * @param start offset of its parenthesis
   * @param contents offset behind its id
   * @param end offset of the parenthesis that closes it
   */
  void add(Kind kind, int token, int start, int contents, int end) {
    if (count == tokens.length) {
      int capacity = Math.max(16, 2 * count);
      kinds = Arrays.copyOf(kinds, capacity);
      tokens = Arrays.copyOf(tokens, capacity);
      starts = Arrays.copyOf(starts, capacity);
      this.contents = Arrays.copyOf(this.contents, capacity);
      ends = Arrays.copyOf(ends, capacity);
    }
    kinds[count] = (byte) kind.ordinal();
    tokens[count] = token;
    starts[count] = start;
    this.contents[count] = contents;
    ends[count++] = end;
  }

  int count() {
    return count;
  }

  /** The first annotation in front of {@code token} or a later one. */
  int firstFrom(int token) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tokens[middle] < token) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  Kind kind(int annotation) {
    return KINDS[kinds[annotation]];
  }

  /** The token that an annotation stands in front of. */
  int token(int annotation) {
    return tokens[annotation];
  }

  /** Byte offset of its parenthesis. */
  int start(int annotation) {
    return starts[annotation];
  }

  /** What stands between its id and the parenthesis that closes it. */
  TokenCursor contents(int annotation, SourceText source) {
    Tokens inner = Lexer.annotation(source, contents[annotation], ends[annotation]);
    return new TokenCursor(inner, 0, inner.count() - 1);
  }
}
