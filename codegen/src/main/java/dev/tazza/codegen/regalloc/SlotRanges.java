package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * Where the slot of each value must keep it. For values that could share a slot with a parameter or
 * an argument that is from a store to the last load that may follow: less than where the value is
 * live, since most of that time it is in a register. For others it is all from the first block in
 * which they are live to the last.
 *
 * <p>Found upwards from loads to stores, as {@link Liveness} is found. A range is a word, {@code
 * from << 32 | to}, without {@code to}, which counts places as {@link SlotAccesses} does, in the
 * order of blocks.
 */
final class SlotRanges {
  /** Ranges a value has at most; where there would be more, gaps between them are not used. */
  static final int MOST = 256;

  private static final long[] NOWHERE = {};

  private final Problem problem;
  private final VCode<?> code;
  private final SpillPlan plan;
  private final long[][] ranges;

  // By block, valid if stamped with the value.
  private final int[] inStamp;
  private final int[] outStamp;
  private final int[] storeStamp;
  private final int[] lastStore;
  private final int[] stack;
  private int top;

  // The ranges of one value.
  private long[] found = new long[64];
  private int foundCount;

  private SlotRanges(Problem problem, SpillPlan plan) {
    this.problem = problem;
    this.code = problem.code;
    this.plan = plan;
    this.ranges = new long[code.vregCount()][];
    this.inStamp = new int[code.blockCount()];
    this.outStamp = new int[code.blockCount()];
    this.storeStamp = new int[code.blockCount()];
    this.lastStore = new int[code.blockCount()];
    this.stack = new int[code.blockCount()];
    Arrays.fill(inStamp, -1);
    Arrays.fill(outStamp, -1);
    Arrays.fill(storeStamp, -1);
  }

  /** The ranges of each value, ascending and apart; none if it is never in memory. */
  static long[][] find(Problem problem, SpillPlan plan) {
    SlotRanges finder = new SlotRanges(problem, plan);
    finder.run();
    return finder.ranges;
  }

  private void run() {
    int[] start = new int[code.vregCount() + 1];
    long[] accesses = byValue(start);
    boolean[] maySave = inMoves();
    for (int v = 0; v < ranges.length; v++) {
      if (start[v] == start[v + 1]) {
        ranges[v] = NOWHERE;
      } else if (maySave[v] && !problem.live.demoted[v]) {
        ranges[v] = ranges(v, accesses, start[v], start[v + 1]);
      } else {
        ranges[v] = new long[] {whereLive(v, accesses, start[v], start[v + 1])};
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
    int first = startOf(blockOf(problem.live.from[v]));
    int last = endOf(blockOf(problem.live.until[v] - 1));
    for (int k = from; k < to; k++) {
      int at = startOf(SlotAccesses.block(accesses[k])) + SlotAccesses.place(accesses[k]);
      first = Math.min(first, at);
      last = Math.max(last, at + 1);
    }
    return (long) first << 32 | last;
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
  private long[] byValue(int[] start) {
    SlotAccesses slots = plan.slotAccesses;
    for (int v = 0; v < ranges.length; v++) {
      start[v + 1] = plan.storeAtDefinition[v] ? 1 : 0;
    }
    for (int a = 0; a < slots.count(); a++) {
      start[slots.value(a) + 1] += isDone(slots.value(a), slots.access(a)) ? 1 : 0;
    }
    for (int v = 0; v < ranges.length; v++) {
      start[v + 1] += start[v];
    }
    int[] at = start.clone();
    long[] accesses = new long[start[ranges.length]];
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

  private int startOf(int block) {
    return SlotAccesses.place(code.block(block).from + 2 * block, 0);
  }

  private int endOf(int block) {
    return startOf(block) + placesOf(code.block(block));
  }

  private static int placesOf(VBlock block) {
    return SlotAccesses.place(block.to - block.from + 2, 0);
  }

  private long[] ranges(int v, long[] accesses, int from, int to) {
    foundCount = 0;
    Arrays.sort(accesses, from, to);
    withinBlocks(v, accesses, from, to);
    spread(v);
    return tidied();
  }

  /** Finds ranges within blocks, and puts blocks aside at whose start the slot holds the value. */
  private void withinBlocks(int v, long[] accesses, int from, int to) {
    top = 0;
    int block = -1;
    for (int k = from; k < to; k++) {
      int b = SlotAccesses.block(accesses[k]);
      int at = startOf(b) + SlotAccesses.place(accesses[k]);
      if (SlotAccesses.isStore(accesses[k])) {
        storeStamp[b] = v;
        lastStore[b] = at;
        found(at, at + 1);
      } else if (b == block) {
        found[foundCount - 1] = joined(found[foundCount - 1], at + 1);
      } else {
        inStamp[b] = v;
        stack[top++] = b;
        found(startOf(b), at + 1);
      }
      block = b;
    }
  }

  /** Goes upwards from the blocks put aside to stores. */
  private void spread(int v) {
    while (top > 0) {
      int b = stack[--top];
      problem.work += code.block(b).preds.length;
      for (int p : code.block(b).preds) {
        if (outStamp[p] == v) {
          continue;
        }
        outStamp[p] = v;
        found(storeStamp[p] == v ? lastStore[p] : startOf(p), endOf(p));
        if (storeStamp[p] != v && inStamp[p] != v) {
          inStamp[p] = v;
          stack[top++] = p;
        }
      }
    }
  }

  private void found(int from, int to) {
    if (foundCount > 0 && from(found[foundCount - 1]) == to) { // going upwards
      found[foundCount - 1] = (long) from << 32 | to(found[foundCount - 1]);
      return;
    }
    if (foundCount == found.length) {
      found = Arrays.copyOf(found, foundCount * 2);
    }
    found[foundCount++] = (long) from << 32 | to;
  }

  /** What was found, in order, with what overlaps or touches put together. */
  private long[] tidied() {
    Arrays.sort(found, 0, foundCount);
    int n = 0;
    for (int k = 1; k < foundCount; k++) {
      if (from(found[k]) <= to(found[n])) {
        found[n] = joined(found[n], to(found[k]));
      } else {
        found[++n] = found[k];
      }
    }
    return limited(found, n + 1);
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
