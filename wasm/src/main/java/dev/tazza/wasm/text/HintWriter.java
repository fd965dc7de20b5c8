package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.module.BranchHints;
import dev.tazza.wasm.operator.Operator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the custom section that tells whether branches are likely, of the annotations {@code
 * (@metadata.code.branch_hint "\\00")} in front of an {@code if} or {@code br_if}, or of the
 * parenthesis that it stands in.
 */
final class HintWriter {
  private final Tokens tokens;
  private final AnnotationReader annotations;
  private final BinaryWriter functions = new BinaryWriter();
  private int functionCount;

  HintWriter(TokenCursor cursor) {
    tokens = cursor.tokens();
    annotations = cursor.annotations();
  }

  /**
   * Takes what is said of the branches of one function; functions come in order.
   *
   * @param from the first token of the function
   * @param to behind its last one
   */
  void function(int function, int from, int to, MarkedWriter body) {
    int first = annotations.firstFrom(from);
    int count = 0;
    for (int i = first; annotations.isBefore(i, to); i++) {
      count += annotations.is(i, AnnotationTable.Kind.BRANCH_HINT, to) ? 1 : 0;
    }
    if (count == 0) {
      return;
    }
    int[] sources = new int[count];
    byte[] values = new byte[count];
    int read = 0;
    int before = -1;
    for (int i = first; read < count; i++) {
      if (annotations.is(i, AnnotationTable.Kind.BRANCH_HINT, to)) {
        values[read] = value(i);
        if (annotations.token(i) == before) {
          throw annotations.error(i, "duplicate annotation");
        }
        before = annotations.token(i);
        sources[read++] = branch(i);
      }
    }
    functionCount++;
    functions.u32(function).u32(count);
    for (int i = 0; i < body.markCount(); i++) {
      int at = Arrays.binarySearch(sources, body.markedSource(i));
      if (at >= 0) {
        functions.u32(body.markedOffset(i)).u32(1).u8(values[at]);
      }
    }
  }

  /** 0 or 1, the one byte of the one string that an annotation holds. */
  private byte value(int annotation) {
    TokenCursor contents = annotations.take(annotation);
    byte[] value = contents.is(TokenKind.STRING) ? contents.string() : new byte[0];
    if (!contents.is(TokenKind.END) || value.length != 1 || value[0] < 0 || value[0] > 1) {
      throw annotations.error(annotation, "expected \"\\00\" or \"\\01\"");
    }
    return value[0];
  }

  /** Byte offset of the branch that an annotation stands in front of. */
  private int branch(int annotation) {
    int token = annotations.token(annotation);
    int branch = tokens.kind(token) == TokenKind.OPEN ? token + 1 : token;
    Operator operator =
        tokens.kind(branch) == TokenKind.WORD ? WordTable.operator(tokens.payload(branch)) : null;
    if (operator != Operator.IF && operator != Operator.BR_IF) {
      throw annotations.error(annotation, "invalid target");
    }
    return tokens.start(branch);
  }

  /** The section with its name, null if no branch has a hint. */
  @Nullable BinaryWriter finish() {
    return functionCount == 0
        ? null
        : new BinaryWriter().name(BranchHints.SECTION).u32(functionCount).append(functions);
  }
}
