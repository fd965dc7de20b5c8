package dev.tazza.environ;

import java.util.Arrays;

/**
 * The calls of a module that were replaced by the callee's body. Code of such a body has positions
 * that are no byte offsets: each call has a range of them.
 *
 * <pre>
 *   position p &lt; base(0)           byte offset p, in the function that the code belongs to; -1: none
 *   base(i) &lt;= p &lt; base(i + 1)     byte offset start(i) + p - base(i), in function(i), which was called
 *                                    at position caller(i) (&lt; base(i), maybe of such a body again)
 * </pre>
 *
 * @param bases ascending
 * @param starts byte offsets, -1 when the module has no source positions
 * @param functions indexes of the callees
 * @param callers positions of the calls; {@link #GONE} for those that took the place of the
 *     function they stood in
 */
public record InlinedCalls(int[] bases, int[] starts, int[] functions, int[] callers) {
  /** No call was inlined. */
  public static final InlinedCalls NONE =
      new InlinedCalls(new int[0], new int[0], new int[0], new int[0]);

  /** A caller that is no more. */
  public static final int GONE = -2;

  /** The call that code at {@code position} was inlined for, or -1. */
  public int callAt(int position) {
    int at = Arrays.binarySearch(bases, position);
    return at < 0 ? -at - 2 : at;
  }

  /** The byte offset that {@code position} stands for, or -1. */
  public int offset(int position) {
    int call = callAt(position);
    if (call < 0) {
      return position;
    }
    return starts[call] < 0 ? -1 : starts[call] + position - bases[call];
  }
}
