package dev.tazza.codegen.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where in the source a function's variables are assigned: what there was of {@link Opcode#LABEL}s
 * before passes removed or moved any. Whoever stands at a position knows by it whether a label
 * still says what the variable is there.
 */
public final class LabelPositions {
  private static final int[] NONE = {};

  /** By variable: positions, ascending, and how many. */
  private final List<int[]> positions = new ArrayList<>();

  private int[] counts = new int[16];

  /** Notes one behind all others of the variable. */
  void add(int variable, int position) {
    while (positions.size() <= variable) {
      positions.add(NONE);
    }
    if (variable >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(variable + 1, 2 * counts.length));
    }
    int[] all = positions.get(variable);
    int count = counts[variable];
    if (count == all.length) {
      all = Arrays.copyOf(all, Math.max(4, 2 * count));
      positions.set(variable, all);
    }
    all[count] = position;
    counts[variable]++;
  }

  /**
   * Whether a label of {@code variable} at position {@code label} is the last one before an
   * instruction at {@code position}, in the order of the source.
   */
  public boolean holds(int variable, int label, int position) {
    if (label > position) {
      return false;
    }
    int[] all = positions.get(variable);
    int at = Arrays.binarySearch(all, 0, counts[variable], position);
    // The instruction at which a variable is assigned may still see what it was before.
    int last = at >= 0 ? at : -at - 2;
    return last >= 0 && (all[last] == label || at > 0 && all[at - 1] == label);
  }
}
