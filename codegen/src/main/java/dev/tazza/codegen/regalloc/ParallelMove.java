package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/**
 * Moves that happen at once, put into a sequence with the same effect.
 *
 * <p>A move may be done when nobody needs what its target holds now. When only cycles are left, the
 * content of one target is set aside: in a free integer register if there is one (the scratch
 * register is of the float class, slow to reach from the integer side), else in the scratch
 * register, or in a spare slot if the cycle contains a move from slot to slot, since that goes
 * through the scratch register itself.
 */
final class ParallelMove {
  private final EditBuffer edits;
  private final int scratch;

  /** The slot after all others, of one word, then one of two words at the next even place. */
  private final int spareSlot;

  private boolean usedSpare;
  private long freeInts;

  private int[] from = new int[32];
  private int[] to = new int[32];
  private VRegKind[] kind = new VRegKind[32];
  private int count;

  // Places modulo 64: those that moves read, and those that they write.
  private long read;
  private long written;

  // By place: how many moves read it, and which one writes it.
  private final int[] readers;
  private final int[] writer;
  private int[] ready = new int[32];

  ParallelMove(EditBuffer edits, int scratch, int slots) {
    this.edits = edits;
    this.scratch = scratch;
    this.spareSlot = slots;
    this.readers = new int[PReg.COUNT + slots];
    this.writer = new int[PReg.COUNT + slots];
    Arrays.fill(writer, -1);
  }

  /**
   * Adds a move; {@code fromLoc} may be negative as in edits. Nothing is done if the places are the
   * same.
   */
  void add(int fromLoc, int toLoc, VRegKind ofKind) {
    if (fromLoc == toLoc) {
      return;
    }
    if (count == from.length) {
      from = Arrays.copyOf(from, count * 2);
      to = Arrays.copyOf(to, count * 2);
      kind = Arrays.copyOf(kind, count * 2);
      ready = Arrays.copyOf(ready, count * 2);
    }
    from[count] = fromLoc;
    to[count] = toLoc;
    kind[count++] = ofKind;
    read |= fromLoc < 0 ? 0 : 1L << fromLoc;
    written |= 1L << toLoc;
  }

  /**
   * Emits all moves added, at a point.
   *
   * @param free integer registers that are in use neither before nor after
   */
  void flush(int point, long free) {
    freeInts = free;
    if ((read & written) == 0 || count == 1) {
      for (int m = 0; m < count; m++) {
        edits.add(point, from[m], to[m], kind[m]);
      }
    } else {
      order(point);
    }
    count = 0;
    read = written = 0;
  }

  private void order(int point) {
    for (int m = 0; m < count; m++) {
      writer[to[m]] = m;
      if (from[m] >= 0) {
        readers[from[m]]++;
      }
    }
    int left = count - drain(point);
    for (int m = 0; left > 0; m++) {
      if (writer[to[m]] == m) {
        left -= breakCycle(point, m);
      }
    }
    for (int m = 0; m < count; m++) {
      if (from[m] >= 0) {
        readers[from[m]] = 0;
      }
    }
  }

  /** Emits what can be emitted without breaking cycles, and returns how many that was. */
  private int drain(int point) {
    int n = 0;
    for (int m = count - 1; m >= 0; m--) {
      if (readers[to[m]] == 0) {
        ready[n++] = m;
      }
    }
    int done = 0;
    while (n > 0) {
      int m = ready[--n];
      edits.add(point, from[m], to[m], kind[m]);
      writer[to[m]] = -1;
      done++;
      if (from[m] >= 0 && --readers[from[m]] == 0 && writer[from[m]] >= 0) {
        ready[n++] = writer[from[m]];
      }
    }
    return done;
  }

  /** Only disjoint cycles are left: unrolls the one of move {@code m}, and returns its length. */
  private int breakCycle(int point, int m) {
    int length = 0;
    boolean throughScratch = false;
    int reader = -1;
    for (int k = m; length == 0 || k != m; k = writer[from[k]]) {
      throughScratch |= Loc.isSlot(from[k]) && Loc.isSlot(to[k]);
      reader = k;
      length++;
    }
    // The last move found reads what m writes.
    int aside = aside(kind[reader], throughScratch);
    edits.add(point, to[m], aside, kind[reader]);
    readers[from[reader]]--;
    int last = reader;
    for (int k = m; k != last; ) {
      int following = writer[from[k]];
      edits.add(point, from[k], to[k], kind[k]);
      writer[to[k]] = -1;
      k = following;
    }
    edits.add(point, aside, to[last], kind[last]);
    writer[to[last]] = -1;
    return length;
  }

  private int aside(VRegKind ofKind, boolean throughScratch) {
    if (ofKind == VRegKind.INT && freeInts != 0) {
      return Long.numberOfTrailingZeros(freeInts);
    }
    return throughScratch ? spare(ofKind) : scratch;
  }

  private int spare(VRegKind ofKind) {
    usedSpare = true;
    return Loc.slot(ofKind == VRegKind.VECTOR ? (spareSlot + 2) / 2 * 2 : spareSlot);
  }

  /** Number of words of all slots including the spare ones if they are used. */
  int words() {
    return usedSpare ? (spareSlot + 2) / 2 * 2 + 2 : spareSlot;
  }
}
