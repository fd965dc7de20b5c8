package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.LiveRefs;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives spill slots to the values that need them: one to each of {@link SlotGroups}, and the same
 * one to groups that need it at different places. Vectors have slots of their own, after the
 * others, so that two slots overlap only if they are the same.
 *
 * <p>Groups come in the order in which they begin. A slot that is free there may be promised to an
 * earlier group for later; so a group asks some of the free slots, those last used first.
 */
final class SpillSlots {
  /** How many free slots are asked for a group. */
  private static final int ATTEMPTS = 16;

  private static final long[] NOTHING = {};

  private final Problem problem;
  private final VCode<?> code;

  /**
   * Null if nothing is moved from slot to slot, and nothing lives into landing pads, which stand
   * behind all else: then each value is a group, with one range.
   */
  private final @Nullable SlotGroups groups;

  private final int[] slotOf;

  /** By slot: the ranges for which it is taken; those before {@code past} are over. */
  private long[][] taken = {};

  private int[] past = {};
  private int slotCount;

  /** Slots that may be free at the current place. */
  private int[] free = {};

  private int freeCount;

  private final int words;
  private final int vectors;

  SpillSlots(Problem problem, SpillPlan plan) {
    this.code = problem.code;
    this.problem = problem;
    boolean areApart = plan.slotAccesses.moves() == 0 && code.beforePads.length == 0;
    this.groups = areApart ? null : new SlotGroups(problem, plan);
    this.slotOf = new int[code.vregCount()];
    Arrays.fill(slotOf, -1);
    long[] queue = groups == null ? values(plan) : groups(groups);
    words = assign(queue, false);
    vectors = assign(queue, true);
  }

  /** Values by the start of their ranges. */
  private long[] values(SpillPlan plan) {
    int n = 0;
    long[] queue = new long[16];
    for (int v = 0; v < slotOf.length; v++) {
      if (plan.needsSlot[v]) {
        queue = n < queue.length ? queue : Arrays.copyOf(queue, n * 2);
        queue[n++] = (long) problem.live.from[v] << 32 | v;
      }
    }
    Arrays.sort(queue, 0, n);
    return Arrays.copyOf(queue, n);
  }

  /** Groups by the start of their ranges. */
  private long[] groups(SlotGroups all) {
    int n = 0;
    long[] queue = new long[16];
    for (int v = 0; v < slotOf.length; v++) {
      if (all.of(v) == v && all.ranges(v).length > 0) {
        queue = n < queue.length ? queue : Arrays.copyOf(queue, n * 2);
        queue[n++] = (long) SlotRanges.from(all.ranges(v)[0]) << 32 | v;
      }
    }
    Arrays.sort(queue, 0, n);
    return Arrays.copyOf(queue, n);
  }

  private long[] rangesOf(int group) {
    if (groups != null) {
      return groups.ranges(group);
    }
    return new long[] {(long) problem.live.from[group] << 32 | problem.live.until[group]};
  }

  /** Assigns slots to the groups of vectors, or to all others, and returns their number. */
  private int assign(long[] queue, boolean isVector) {
    slotCount = freeCount = 0;
    Heap busy = new Heap();
    for (long key : queue) {
      int group = (int) key;
      if (code.vregKind(group).bytes() == 16 != isVector) {
        continue;
      }
      while (!busy.isEmpty() && (int) (busy.least() >> 32) <= (int) (key >> 32)) {
        release((int) busy.removeLeast());
      }
      long[] ranges = rangesOf(group);
      int slot = choose(ranges);
      taken[slot] = SlotGroups.union(taken[slot], past[slot], taken[slot].length, ranges);
      past[slot] = 0;
      slotOf[group] = slot;
      busy.add((long) SlotRanges.to(taken[slot][0]) << 32 | slot);
    }
    return slotCount;
  }

  private void release(int slot) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount * 2 + 16);
    }
    free[freeCount++] = slot;
  }

  /** Takes a free slot, or a new one. */
  private int choose(long[] ranges) {
    int now = SlotRanges.from(ranges[0]);
    for (int k = freeCount - 1; k >= 0 && k >= freeCount - ATTEMPTS; k--) {
      int slot = free[k];
      while (past[slot] < taken[slot].length && SlotRanges.to(taken[slot][past[slot]]) <= now) {
        past[slot]++;
      }
      problem.work += taken[slot].length - past[slot] + ranges.length;
      if (!SlotGroups.overlap(taken[slot], past[slot], taken[slot].length, ranges)) {
        System.arraycopy(free, k + 1, free, k, --freeCount - k);
        return slot;
      }
    }
    if (slotCount == taken.length) {
      taken = Arrays.copyOf(taken, slotCount * 2 + 16);
      past = Arrays.copyOf(past, slotCount * 2 + 16);
    }
    taken[slotCount] = NOTHING;
    past[slotCount] = 0;
    return slotCount++;
  }

  /** A binary heap. */
  private static final class Heap {
    private long[] items = new long[16];
    private int count;

    boolean isEmpty() {
      return count == 0;
    }

    long least() {
      return items[0];
    }

    void add(long item) {
      if (count == items.length) {
        items = Arrays.copyOf(items, count * 2);
      }
      int at = count++;
      while (at > 0 && items[(at - 1) / 2] > item) {
        items[at] = items[(at - 1) / 2];
        at = (at - 1) / 2;
      }
      items[at] = item;
    }

    long removeLeast() {
      long least = items[0];
      long item = items[--count];
      int at = 0;
      for (int child = 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && items[child + 1] < items[child]) {
          child++;
        }
        if (items[child] >= item) {
          break;
        }
        items[at] = items[child];
        at = child;
      }
      items[at] = item;
      return least;
    }
  }

  /** The slot of a value, as a {@link Loc}. */
  int of(int v) {
    int slot = slotOf[groups == null ? v : groups.of(v)];
    return Loc.slot(code.vregKind(v).bytes() == 16 ? (words + 1) / 2 * 2 + 2 * slot : slot);
  }

  /** Where references are during calls. */
  LiveRefs refs() {
    if (!code.hasRefs()) {
      return LiveRefs.NONE;
    }
    int[] all = new int[slotOf.length];
    for (int v = 0; v < all.length; v++) {
      // What is made again is never read from memory, and does not move: it is null.
      boolean has = slotOf[groups == null ? v : groups.of(v)] >= 0 && !problem.isRemat(v);
      all[v] = has ? of(v) : -1;
    }
    return RefMaps.find(code, all);
  }

  /** Number of words of all slots. */
  int words() {
    return vectors == 0 ? words : (words + 1) / 2 * 2 + 2 * vectors;
  }
}
