package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * The constants that registers are compared with in a loop: a counter probably stays below one of
 * them. A guess, which the loop's ways back prove right or wrong.
 */
final class LoopLimits {
  /** Greater ones bound nothing that the width would not. */
  private static final long MOST = 1 << 28;

  private final Instructions code;

  /** The comparisons of the function, ascending. */
  private int[] compares = new int[64];

  private int count;
  private int first;
  private int last;

  LoopLimits(Instructions code) {
    this.code = code;
  }

  /** Forgets the function before. */
  void clear() {
    count = 0;
    find(0, -1);
  }

  /** Finds the comparisons of the function. */
  void find() {
    count = 0;
    for (int i = 0; i < code.count; i++) {
      boolean isLimit =
          code.kind(i) == Kind.ALU_IMM
              && code.sub(i) == Kind.CMP
              && code.size(i) >= 4
              && !code.isMemory(i)
              && code.imm[i] > 0
              && code.imm[i] <= MOST;
      if (isLimit) {
        if (count == compares.length) {
          compares = Arrays.copyOf(compares, 2 * count);
        }
        compares[count++] = i;
      }
    }
  }

  boolean areThere() {
    return count > 0;
  }

  /** Looks at the instructions of one loop only. */
  void find(int from, int to) {
    first = from;
    last = to;
  }

  /**
   * The least bound of a register in the loop, {@code number} or above, that a comparison suggests;
   * without one the greatest number of 32 bits.
   */
  long least(int register, long number) {
    long best = ProofValues.U32;
    int from = Arrays.binarySearch(compares, 0, count, first);
    for (int k = from < 0 ? -1 - from : from; k < count && compares[k] <= last; k++) {
      int i = compares[k];
      if (code.rm(i) == register) {
        long limit = code.imm[i] - 1 >= number ? code.imm[i] - 1 : code.imm[i];
        best = limit >= number ? Math.min(best, limit) : best;
      }
    }
    return best;
  }
}
