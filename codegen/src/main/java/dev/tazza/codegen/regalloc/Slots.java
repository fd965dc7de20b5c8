package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;

/**
 * Gives spill slots to the values that need them. Values whose ranges of block order do not overlap
 * may share one, and parameters in memory try to share with their arguments, which makes the copy
 * on the edge vanish. Vectors have slots of their own, after the others, so that two slots overlap
 * only if they are the same.
 */
final class Slots {
  private final Problem problem;
  private final VCode<?> code;
  private final SpillPlan plan;
  private final int[] slotOf;

  /** A parameter or argument to share with, or -1. */
  private final int[] friend;

  private int[] slotEnd = new int[16];
  private int slotCount;
  private int words;
  private int vectors;

  Slots(Problem problem, SpillPlan plan) {
    this.problem = problem;
    this.code = problem.code;
    this.plan = plan;
    this.slotOf = new int[code.vregCount()];
    this.friend = new int[code.vregCount()];
    Arrays.fill(slotOf, -1);
    findFriends();
    long[] queue = queue();
    words = assign(queue, false);
    vectors = assign(queue, true);
  }

  private void findFriends() {
    Arrays.fill(friend, -1);
    for (int b = 0; b < code.blockCount(); b++) {
      int[] params = code.block(b).params;
      for (int p : code.block(b).preds) {
        int[] args = params.length == 0 ? params : problem.args(p, b);
        for (int j = 0; j < params.length; j++) {
          if (plan.bornInSlot[params[j]] && plan.needsSlot[args[j]]) {
            friend[args[j]] = params[j];
            friend[params[j]] = friend[params[j]] < 0 ? args[j] : friend[params[j]];
          }
        }
      }
    }
  }

  /** Values by start of their range. */
  private long[] queue() {
    int n = 0;
    long[] queue = new long[code.vregCount()];
    for (int v = 0; v < queue.length; v++) {
      if (plan.needsSlot[v]) {
        queue[n++] = (long) problem.live.from[v] << 32 | v;
      }
    }
    queue = Arrays.copyOf(queue, n);
    Arrays.sort(queue);
    return queue;
  }

  /** Assigns slots to the vectors, or to all others, and returns their number. */
  private int assign(long[] queue, boolean isVector) {
    slotCount = 0;
    Heap free = new Heap();
    for (long key : queue) {
      int v = (int) key;
      if (code.vregKind(v).bytes() == 16 != isVector) {
        continue;
      }
      int slot = friendly(v);
      while (slot < 0 && !free.isEmpty() && (int) (free.least() >> 32) <= problem.live.from[v]) {
        long top = free.removeLeast();
        int candidate = (int) top;
        if (slotEnd[candidate] == (int) (top >> 32)) {
          slot = candidate;
        }
      }
      if (slot < 0) {
        slot = slotCount++;
        if (slot == slotEnd.length) {
          slotEnd = Arrays.copyOf(slotEnd, slot * 2);
        }
      }
      slotOf[v] = slot;
      slotEnd[slot] = problem.live.until[v];
      free.add((long) slotEnd[slot] << 32 | slot);
    }
    return slotCount;
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

  private int friendly(int v) {
    int f = friend[v];
    if (f < 0 || slotOf[f] < 0 || code.vregKind(f) != code.vregKind(v)) {
      return -1;
    }
    return slotEnd[slotOf[f]] <= problem.live.from[v] ? slotOf[f] : -1;
  }

  /** The slot of a value, as a {@link Loc}. */
  int of(int v) {
    if (code.vregKind(v).bytes() == 16) {
      return Loc.slot((words + 1) / 2 * 2 + 2 * slotOf[v]);
    }
    return Loc.slot(slotOf[v]);
  }

  /** Number of words of all slots. */
  int words() {
    return vectors == 0 ? words : (words + 1) / 2 * 2 + 2 * vectors;
  }
}
