package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.module.BranchHints;
import dev.tazza.wasm.operator.Operator;
import java.util.Arrays;

/**
 * The annotations of a source text that tell whether a branch is likely, ascending: {@code
 * (@metadata.code.branch_hint "\\00")} in front of an {@code if} or {@code br_if}, or of the
 * parenthesis that it stands in.
 */
final class HintTable {
  private static final String PREFIX = "@" + BranchHints.SECTION + " annotation: ";

  /** By annotation, the token that it stands in front of. */
  private int[] tokens = new int[0];

  /** Where it begins in the source. */
  private int[] starts = new int[0];

  private byte[] values = new byte[0];
  private int count;

  /**
   * Adds the annotation at {@code start} with the contents from {@code from} to {@code end}, in
   * front of {@code token}.
   *
   * @return what is wrong with it, or an empty text
   */
  String add(byte[] bytes, int start, int from, int end, int token) {
    int value = value(bytes, from, end);
    if (value < 0) {
      return PREFIX + "expected \"\\00\" or \"\\01\"";
    }
    if (count > 0 && tokens[count - 1] == token) {
      return PREFIX + "duplicate annotation";
    }
    if (count == tokens.length) {
      int capacity = Math.max(16, 2 * count);
      tokens = Arrays.copyOf(tokens, capacity);
      starts = Arrays.copyOf(starts, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    tokens[count] = token;
    starts[count] = start;
    values[count++] = (byte) value;
    return "";
  }

  /** 0 or 1, the one byte of the one string in a range of the source; else -1. */
  private static int value(byte[] bytes, int from, int end) {
    int open = skipSpaces(bytes, from, end);
    if (open == end || bytes[open] != '"') {
      return -1;
    }
    int close = StringLiteral.scan(bytes, open).end();
    if (close > end || skipSpaces(bytes, close, end) != end) {
      return -1;
    }
    byte[] value = StringLiteral.decode(bytes, open, close);
    return value.length == 1 && value[0] >= 0 && value[0] <= 1 ? value[0] : -1;
  }

  private static int skipSpaces(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] <= ' ' && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  /** The first annotation in front of {@code token} or a later one. */
  int firstFrom(int token) {
    int at = Arrays.binarySearch(tokens, 0, count, token);
    return at < 0 ? -at - 1 : at;
  }

  /** Complains of an annotation in front of the tokens from {@code from} to {@code to}. */
  void none(int from, int to, SourceText source) {
    int first = firstFrom(from);
    if (first < count && tokens[first] < to) {
      throw source.malformed(starts[first], PREFIX + "not in a function");
    }
  }

  /**
   * Writes what the custom section says of one function, unless it is nothing.
   *
   * @param from the first token of the function
   * @param to behind its last one
   * @return whether anything was written
   */
  boolean write(BinaryWriter out, int function, int from, int to, Tokens all, MarkedWriter body) {
    int first = firstFrom(from);
    int end = firstFrom(to);
    if (first == end) {
      return false;
    }
    int[] sources = new int[end - first];
    for (int i = first; i < end; i++) {
      int branch = all.kind(tokens[i]) == TokenKind.OPEN ? tokens[i] + 1 : tokens[i];
      Operator operator =
          all.kind(branch) == TokenKind.WORD ? WordTable.operator(all.payload(branch)) : null;
      if (operator != Operator.IF && operator != Operator.BR_IF) {
        throw all.source().malformed(starts[i], PREFIX + "invalid target");
      }
      sources[i - first] = all.start(branch);
    }
    out.u32(function).u32(sources.length);
    for (int i = 0; i < body.markCount(); i++) {
      int at = Arrays.binarySearch(sources, body.markedSource(i));
      if (at >= 0) {
        out.u32(body.markedOffset(i)).u32(1).u8(values[first + at]);
      }
    }
    return true;
  }
}
