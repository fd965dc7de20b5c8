package dev.tazza.codegen.regalloc;

import java.util.Arrays;

/**
 * What {@link SpillPlan} loads from slots and stores to them, but for stores at definitions, and
 * which parameters in memory get arguments from memory.
 *
 * <p>Places count from the start of a block: its edge in, its parameters' stores, its instructions,
 * its edge out.
 */
final class SlotAccesses {
  private static final int STORE = 1;
  private static final int OF_EVICTED = 2;

  /** Places of an instruction, as of an edge: what it is for in this order. */
  static final int BEFORE = 0;

  static final int LOADS = 1;
  static final int USE = 2;
  static final int AFTER = 3;

  private int[] value = {};
  private long[] access = {};
  private int count;

  private int[] param = {};
  private int[] arg = {};
  private float[] frequency = {};
  private int moveCount;

  /** A place of the edge into a block, or of the {@code n}th instruction plus 1. */
  static int place(int n, int part) {
    return 4 * n + part;
  }

  void load(int v, int block, int place) {
    add(v, word(block, place));
  }

  /** A parameter comes into being in its slot. */
  void storeParam(int v, int block, int place) {
    add(v, word(block, place) | STORE);
  }

  /** A value leaves its register: a store if {@link SpillPlan#isStoredWhenEvicted}. */
  void storeEvicted(int v, int block, int place) {
    add(v, word(block, place) | STORE | OF_EVICTED);
  }

  private static long word(int block, int place) {
    return (long) block << 32 | (long) place << 2;
  }

  /** The word for a store at a definition. */
  static long storeAt(int block, int place) {
    return word(block, place) | STORE;
  }

  private void add(int v, long word) {
    if (count == value.length) {
      value = Arrays.copyOf(value, count * 2 + 32);
      access = Arrays.copyOf(access, count * 2 + 32);
    }
    value[count] = v;
    access[count++] = word;
  }

  /** An edge, which runs that often, gives a parameter in memory an argument in memory. */
  void move(int toParam, int fromArg, double edgeFrequency) {
    if (moveCount == param.length) {
      param = Arrays.copyOf(param, moveCount * 2 + 16);
      arg = Arrays.copyOf(arg, moveCount * 2 + 16);
      frequency = Arrays.copyOf(frequency, moveCount * 2 + 16);
    }
    param[moveCount] = toParam;
    arg[moveCount] = fromArg;
    frequency[moveCount++] = (float) edgeFrequency;
  }

  int count() {
    return count;
  }

  int value(int index) {
    return value[index];
  }

  /** A word that orders accesses by block and place. */
  long access(int index) {
    return access[index];
  }

  static boolean isStore(long access) {
    return (access & STORE) != 0;
  }

  static boolean isOfEvicted(long access) {
    return (access & OF_EVICTED) != 0;
  }

  static int block(long access) {
    return (int) (access >> 32);
  }

  /** The place in the block. */
  static int place(long access) {
    return (int) access >> 2;
  }

  int moves() {
    return moveCount;
  }

  int param(int move) {
    return param[move];
  }

  int arg(int move) {
    return arg[move];
  }

  /** Indexes of the moves, the most frequent first, each in the lower half of a word. */
  long[] movesByFrequency() {
    long[] order = new long[moveCount];
    for (int m = 0; m < moveCount; m++) {
      int descending = Integer.MAX_VALUE - Float.floatToIntBits(frequency[m]);
      order[m] = (long) descending << 32 | m;
    }
    Arrays.sort(order);
    return order;
  }
}
