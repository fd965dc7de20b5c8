package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.VCode;

/**
 * Values that share a slot so that nothing is to be moved where blocks meet: parameters in memory
 * and their arguments in memory, the most frequent edges first, as long as no two values of a group
 * need the slot at the same place.
 *
 * <p>This is coalescing as in "Coalescing and SSA" by Boissinot et al. (2009), with lists of ranges
 * instead of dominance; each list is limited, so each step is.
 */
final class SlotGroups {
  private final Problem problem;
  private final VCode<?> code;

  /** By representative. */
  private final long[][] ranges;

  private final int[] parent;

  SlotGroups(Problem problem, SpillPlan plan) {
    SlotAccesses accesses = plan.slotAccesses;
    this.problem = problem;
    this.code = problem.code;
    this.ranges = SlotRanges.find(problem, plan);
    this.parent = new int[code.vregCount()];
    for (int v = 0; v < parent.length; v++) {
      parent[v] = v;
    }
    for (long word : accesses.movesByFrequency()) {
      int move = (int) word;
      join(accesses.param(move), accesses.arg(move));
    }
  }

  private int find(int v) {
    while (parent[v] != v) {
      parent[v] = parent[parent[v]];
      v = parent[v];
    }
    return v;
  }

  private void join(int v, int w) {
    int a = find(v);
    int b = find(w);
    problem.work += ranges[a].length + ranges[b].length;
    if (a != b
        && code.vregKind(a) == code.vregKind(b)
        && !overlap(ranges[a], 0, ranges[a].length, ranges[b])) {
      parent[b] = a;
      ranges[a] = union(ranges[a], 0, ranges[a].length, ranges[b]);
    }
  }

  /** The member that stands for the value's group. */
  int of(int v) {
    return find(v);
  }

  /** Where the group of a representative needs its slot. */
  long[] ranges(int representative) {
    return ranges[representative];
  }

  /** Whether some of the ranges {@code [from, to)} of an array overlaps one of another. */
  static boolean overlap(long[] some, int from, int to, long[] others) {
    int k = from;
    for (long other : others) {
      while (k < to && SlotRanges.to(some[k]) <= SlotRanges.from(other)) {
        k++;
      }
      if (k == to) {
        return false;
      }
      if (SlotRanges.from(some[k]) < SlotRanges.to(other)) {
        return true;
      }
    }
    return false;
  }

  /** All ranges of both, which do not overlap. */
  static long[] union(long[] some, int from, int to, long[] others) {
    long[] all = new long[to - from + others.length];
    int n = 0;
    int k = from;
    for (long other : others) {
      while (k < to && some[k] < other) {
        n = append(all, n, some[k++]);
      }
      n = append(all, n, other);
    }
    while (k < to) {
      n = append(all, n, some[k++]);
    }
    return SlotRanges.limited(all, n);
  }

  private static int append(long[] all, int n, long range) {
    if (n > 0 && SlotRanges.to(all[n - 1]) == SlotRanges.from(range)) {
      all[n - 1] = SlotRanges.joined(all[n - 1], SlotRanges.to(range));
      return n;
    }
    all[n] = range;
    return n + 1;
  }
}
