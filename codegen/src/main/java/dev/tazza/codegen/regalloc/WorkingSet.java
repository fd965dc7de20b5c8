package dev.tazza.codegen.regalloc;

import java.util.Arrays;

/** The values that are in registers at a point of the program, by class (0: integer, 1: float). */
final class WorkingSet {
  private final byte[] classOf;
  private final int[][] members = {new int[64], new int[64]};
  private final int[] sizes = new int[2];
  private final int[] index;
  private final boolean[] clean;

  WorkingSet(byte[] classOf) {
    this.classOf = classOf;
    this.index = new int[classOf.length];
    this.clean = new boolean[classOf.length];
    Arrays.fill(index, -1);
  }

  boolean contains(int v) {
    return index[v] >= 0;
  }

  int size(int cls) {
    return sizes[cls];
  }

  int member(int cls, int at) {
    return members[cls][at];
  }

  /** Whether the slot holds the value, too. */
  boolean isClean(int v) {
    return clean[v];
  }

  void add(int v, boolean isClean) {
    int cls = classOf[v];
    if (sizes[cls] == members[cls].length) {
      members[cls] = Arrays.copyOf(members[cls], sizes[cls] * 2);
    }
    index[v] = sizes[cls];
    members[cls][sizes[cls]++] = v;
    clean[v] = isClean;
  }

  void remove(int v) {
    int cls = classOf[v];
    int last = members[cls][--sizes[cls]];
    members[cls][index[v]] = last;
    index[last] = index[v];
    index[v] = -1;
  }

  void clear() {
    for (int cls = 0; cls < 2; cls++) {
      for (int k = 0; k < sizes[cls]; k++) {
        index[members[cls][k]] = -1;
      }
      sizes[cls] = 0;
    }
  }
}
