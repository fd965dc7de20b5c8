package dev.tazza.codegen.ir;

import java.util.Arrays;

/**
 * The calls of a function that were replaced by the callee's body, so that a source position still
 * tells the whole chain of calls that it stands in.
 *
 * <p>Each site has a range of positions of its own, all of them at {@link #FIRST} or above:
 *
 * <pre>
 *   position p &lt; FIRST               position p of the function itself
 *   base(i) &lt;= p &lt; base(i + 1)     position start(i) + p - base(i) of the function symbol(i),
 *                                    which was called at callLoc(i) (&lt; base(i), maybe of a site again),
 *                                    in place of the function there if isTail(i)
 * </pre>
 *
 * <p>So positions stay single ints on their way through the compiler. Written by one thread while
 * the function is compiled, constant after that.
 */
public final class InlineSites {
  /** The positions of functions themselves are below. */
  public static final int FIRST = 1 << 30;

  private int[] bases = {};
  private int[] starts = {};
  private int[] symbols = {};
  private int[] callLocs = {};
  private boolean[] tails = {};
  private int count;
  private int end = FIRST;

  /** Number of sites. */
  public int count() {
    return count;
  }

  /** One above the highest position that a site has. */
  public int end() {
    return end;
  }

  /** Whether a site with {@code length} positions can be added. */
  public boolean hasRoom(int length) {
    return length <= Integer.MAX_VALUE - end;
  }

  /**
   * Adds a site.
   *
   * @param symbol the callee
   * @param start its first position
   * @param length the number of its positions
   * @param callLoc the position of the call
   * @param isTail whether it was a tail call
   * @return what is to be added to the callee's positions
   */
  public int add(int symbol, int start, int length, int callLoc, boolean isTail) {
    if (count == bases.length) {
      int size = Math.max(4, count * 2);
      bases = Arrays.copyOf(bases, size);
      starts = Arrays.copyOf(starts, size);
      symbols = Arrays.copyOf(symbols, size);
      callLocs = Arrays.copyOf(callLocs, size);
      tails = Arrays.copyOf(tails, size);
    }
    bases[count] = end;
    starts[count] = start;
    symbols[count] = symbol;
    tails[count] = isTail;
    callLocs[count++] = callLoc;
    int base = end;
    end += length;
    return base - start;
  }

  public int base(int site) {
    return bases[site];
  }

  public int start(int site) {
    return starts[site];
  }

  public int symbol(int site) {
    return symbols[site];
  }

  public int callLoc(int site) {
    return callLocs[site];
  }

  /** Whether the function with the call is gone while the callee's body runs. */
  public boolean isTail(int site) {
    return tails[site];
  }

  /**
   * The position in the function itself that {@code loc} belongs to: that of the outermost call.
   */
  public int outermost(int loc) {
    int at = loc;
    while (at >= FIRST) {
      at = callLocs[site(at)];
    }
    return at;
  }

  /** The site that position {@code loc} is in, or -1 when that is the function itself. */
  public int site(int loc) {
    int at = Arrays.binarySearch(bases, 0, count, loc);
    return at < 0 ? -at - 2 : at;
  }
}
