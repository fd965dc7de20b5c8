package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;

/**
 * Where the slot of each value must keep it. For values that could share a slot with a parameter or
 * an argument that is from a store to the last load that may follow: less than where the value is
 * live, since most of that time it is in a register. For others it is all from the first block in
 * which they are live to the last.
 *
 * <p>Found upwards from loads to stores, as {@link RootLiveness} is found. A range is a word,
 * {@code from << 32 | to}, without {@code to}, which counts places as {@link SlotAccesses} does, in
 * the order of blocks.
 */
final class SlotRanges {
  /** Ranges a value has at most; where there would be more, gaps between them are not used. */
  static final int MOST = 256;

  private static final long[] NOWHERE = {};

  private final Problem problem;
  private final VCode<?> code;
  private final SpillPlan plan;
  private final long[][] ranges;

  /** By block: the place at which it starts, and the next one ends it. */
  private final int[] start;

  // By block, valid if stamped with the value: from where the slot holds what the block ends with,
  // as far as accesses in the block tell.
  private final int[] stamp;
  private final int[] heldFrom;

  /** Blocks at whose end the slot of the value must hold it. */
  private final BlockSet held;

  private final int[] stack;
  private int top;

  // The ranges of one value, within blocks and all.
  private long[] within = new long[64];
  private int withinCount;
  private long[] found = new long[64];
  private int foundCount;

  private SlotRanges(Problem problem, SpillPlan plan) {
    this.problem = problem;
    this.code = problem.code;
    this.plan = plan;
    this.ranges = new long[code.vregCount()][];
    int blocks = code.blockCount();
    this.start = new int[blocks + 1];
    this.stamp = new int[blocks];
    this.heldFrom = new int[blocks];
    this.held = new BlockSet(blocks);
    this.stack = new int[blocks];
    Arrays.fill(stamp, -1);
    for (int b = 0; b < blocks; b++) {
      // Two places more than instructions, for the edges.
      start[b + 1] = SlotAccesses.place(code.block(b).to + 2 * (b + 1), 0);
    }
  }

  /** The ranges of each value, ascending and apart; none if it is never in memory. */
  static long[][] find(Problem problem, SpillPlan plan) {
    SlotRanges finder = new SlotRanges(problem, plan);
    finder.run();
    return finder.ranges;
  }

  private void run() {
    int[] first = new int[code.vregCount() + 1];
    long[] accesses = byValue(first);
    boolean[] maySave = inMoves();
    for (int v = 0; v < ranges.length; v++) {
      if (first[v] == first[v + 1]) {
        ranges[v] = NOWHERE;
      } else if (maySave[v] && !problem.live.demoted[v]) {
        ranges[v] = ranges(v, accesses, first[v], first[v + 1]);
      } else {
        ranges[v] = new long[] {whereLive(v, accesses, first[v], first[v + 1])};
      }
    }
  }

  /** By value: whether it is moved from slot to slot, or would be but for sharing. */
  private boolean[] inMoves() {
    SlotAccesses slots = plan.slotAccesses;
    boolean[] result = new boolean[ranges.length];
    for (int m = 0; m < slots.moves(); m++) {
      result[slots.param(m)] = true;
      result[slots.arg(m)] = true;
    }
    return result;
  }

  /** One range for all blocks in which a value is live, and for the edges that load it. */
  private long whereLive(int v, long[] accesses, int from, int to) {
    int first = start[blockOf(problem.live.from[v])];
    int last = start[blockOf(problem.live.until[v] - 1) + 1];
    for (int k = from; k < to; k++) {
      int at = start[SlotAccesses.block(accesses[k])] + SlotAccesses.place(accesses[k]);
      first = Math.min(first, at);
      last = Math.max(last, at + 1);
    }
    return range(first, last);
  }

  private int blockOf(int inst) {
    int low = 0;
    int high = code.blockCount() - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (code.block(middle).from <= inst) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Accesses by value. */
  private long[] byValue(int[] first) {
    SlotAccesses slots = plan.slotAccesses;
    for (int v = 0; v < ranges.length; v++) {
      first[v + 1] = plan.storeAtDefinition[v] ? 1 : 0;
    }
    for (int a = 0; a < slots.count(); a++) {
      first[slots.value(a) + 1] += isDone(slots.value(a), slots.access(a)) ? 1 : 0;
    }
    for (int v = 0; v < ranges.length; v++) {
      first[v + 1] += first[v];
    }
    int[] at = first.clone();
    long[] accesses = new long[first[ranges.length]];
    for (int a = 0; a < slots.count(); a++) {
      if (isDone(slots.value(a), slots.access(a))) {
        accesses[at[slots.value(a)]++] = slots.access(a);
      }
    }
    for (int v = 0; v < ranges.length; v++) {
      if (plan.storeAtDefinition[v]) {
        accesses[at[v]] = definition(v);
      }
    }
    return accesses;
  }

  private boolean isDone(int v, long access) {
    return !SlotAccesses.isOfEvicted(access) || plan.isStoredWhenEvicted(v);
  }

  private long definition(int v) {
    int block = problem.live.defBlock[v];
    int inst = problem.live.defInst[v];
    int n = inst < 0 ? 0 : inst - code.block(block).from + 1;
    return SlotAccesses.storeAt(block, SlotAccesses.place(n, SlotAccesses.AFTER));
  }

  private long[] ranges(int v, long[] accesses, int from, int to) {
    Arrays.sort(accesses, from, to);
    findWithinBlocks(v, accesses, from, to);
    spread(v);
    putTogether(v);
    return limited(found, foundCount);
  }

  /** Finds ranges within blocks, and puts blocks aside at whose start the slot holds the value. */
  private void findWithinBlocks(int v, long[] accesses, int from, int to) {
    if (within.length < to - from) {
      within = new long[2 * (to - from)];
    }
    withinCount = top = 0;
    int block = -1;
    for (int k = from; k < to; k++) {
      int b = SlotAccesses.block(accesses[k]);
      int at = start[b] + SlotAccesses.place(accesses[k]);
      if (SlotAccesses.isStore(accesses[k])) {
        stamp[b] = v;
        heldFrom[b] = at;
        within[withinCount++] = range(at, at + 1);
      } else if (b == block) {
        within[withinCount - 1] = joined(within[withinCount - 1], at + 1);
      } else {
        stamp[b] = v;
        heldFrom[b] = start[b];
        stack[top++] = b;
        within[withinCount++] = range(start[b], at + 1);
      }
      block = b;
    }
  }

  /** Goes upwards from the blocks put aside to stores. */
  private void spread(int v) {
    while (top > 0) {
      int[] preds = code.block(stack[--top]).preds;
      problem.work += preds.length;
      for (int p : preds) {
        if (held.add(p) && stamp[p] != v) {
          stack[top++] = p;
        }
      }
    }
  }

  /** The ranges within blocks, and to the ends of blocks, in order. */
  private void putTogether(int v) {
    foundCount = 0;
    int k = 0;
    for (int word = held.nextWord(0); word >= 0; word = held.nextWord(word)) {
      for (long m = held.takeWord(word); m != 0; m &= m - 1) {
        int b = (word << 6) + Long.numberOfTrailingZeros(m);
        int end = start[b + 1];
        while (k < withinCount && from(within[k]) < end) {
          found(within[k++]);
        }
        found(range(stamp[b] == v ? heldFrom[b] : start[b], end));
      }
    }
    while (k < withinCount) {
      found(within[k++]);
    }
  }

  /** Adds a range that does not begin before the last one. */
  private void found(long range) {
    if (foundCount > 0 && from(range) <= to(found[foundCount - 1])) {
      found[foundCount - 1] = joined(found[foundCount - 1], to(range));
      return;
    }
    if (foundCount == found.length) {
      found = Arrays.copyOf(found, foundCount * 2);
    }
    found[foundCount++] = range;
  }

  /** The first ranges of an array, or, if those are too many, fewer with what is between them. */
  static long[] limited(long[] ranges, int count) {
    while (count > MOST) {
      int half = 0;
      for (int k = 0; k < count; k += 2) {
        ranges[half++] = joined(ranges[k], to(ranges[Math.min(k + 1, count - 1)]));
      }
      count = half;
    }
    return Arrays.copyOf(ranges, count);
  }

  private static long range(int from, int to) {
    return (long) from << 32 | to;
  }

  /** A range and what is between it and a place. */
  static long joined(long range, int to) {
    return range & 0xffff_ffff_0000_0000L | Math.max(to(range), to);
  }

  static int from(long range) {
    return (int) (range >> 32);
  }

  static int to(long range) {
    return (int) range;
  }
}
