package dev.tazza.codegen.opt;

/**
 * What is known of a sum at the points of a graph: sets of points of which the differences are
 * known. A union-find structure (R. Tarjan, 1975) with differences to the parents.
 */
final class Debts {
  private final int[] parents;

  /** By point: its debt beyond that of its parent. */
  private final long[] beyond;

  private final int[] ranks;

  Debts(int points) {
    parents = new int[points];
    beyond = new long[points];
    ranks = new int[points];
    for (int i = 0; i < points; i++) {
      parents[i] = i;
    }
  }

  /** Lets the debt at {@code b} be that at {@code a} plus {@code more}, unless both are known. */
  void join(int a, int b, long more) {
    int rootA = find(a);
    int rootB = find(b);
    if (rootA == rootB) {
      return;
    }
    // What the root of b has beyond that of a.
    long difference = beyond(a) + more - beyond(b);
    if (ranks[rootA] < ranks[rootB]) {
      parents[rootA] = rootB;
      beyond[rootA] = -difference;
    } else {
      parents[rootB] = rootA;
      beyond[rootB] = difference;
      ranks[rootA] += ranks[rootA] == ranks[rootB] ? 1 : 0;
    }
  }

  /** The debt at a point, as far as it is known: beyond that of some point of its set. */
  long of(int point) {
    find(point);
    return beyond(point);
  }

  /** Of a point whose parent is its root, or which is one. */
  private long beyond(int point) {
    return parents[point] == point ? 0 : beyond[point];
  }

  private int find(int point) {
    int root = point;
    long sum = 0;
    while (parents[root] != root) {
      sum += beyond[root];
      root = parents[root];
    }
    int at = point;
    while (at != root) {
      int parent = parents[at];
      long own = beyond[at];
      parents[at] = root;
      beyond[at] = sum;
      sum -= own;
      at = parent;
    }
    return root;
  }
}
