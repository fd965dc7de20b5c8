package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.LiveRefs;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import dev.tazza.codegen.machine.VariablePlaces;
import java.util.Arrays;

/** Collects edits; they may be added in any order and are sorted by point in the end, stably. */
final class EditBuffer {
  private int[] point = new int[64];
  private int[] from = new int[64];
  private int[] to = new int[64];
  private byte[] kind = new byte[64];
  private int count;
  private boolean sorted = true;

  /** A number above all points. */
  private final int points;

  EditBuffer(VCode<?> code) {
    points = 2 * code.instCount();
  }

  void add(int atPoint, int fromLoc, int toLoc, VRegKind ofKind) {
    if (count == point.length) {
      point = Arrays.copyOf(point, count * 2);
      from = Arrays.copyOf(from, count * 2);
      to = Arrays.copyOf(to, count * 2);
      kind = Arrays.copyOf(kind, count * 2);
    }
    sorted &= count == 0 || point[count - 1] <= atPoint;
    point[count] = atPoint;
    from[count] = fromLoc;
    to[count] = toLoc;
    kind[count++] = (byte) ofKind.ordinal();
  }

  int count() {
    return count;
  }

  /** Mask of all registers that edits write. */
  long writtenRegisters() {
    long written = 0;
    for (int e = 0; e < count; e++) {
      written |= Loc.isReg(to[e]) ? 1L << to[e] : 0;
    }
    return written;
  }

  /** The result with all edits in order. */
  Allocation finish(int[] locs, int slots, long usedRegs, LiveRefs refs) {
    if (!sorted) {
      sort();
    }
    return new Allocation(
        locs, point, from, to, kind, count, slots, usedRegs, refs, VariablePlaces.NONE);
  }

  /** By counting. */
  private void sort() {
    int[] at = new int[points + 1];
    for (int e = 0; e < count; e++) {
      at[point[e] + 1]++;
    }
    for (int p = 1; p <= points; p++) {
      at[p] += at[p - 1];
    }
    int[] p = new int[count];
    int[] f = new int[count];
    int[] t = new int[count];
    byte[] k = new byte[count];
    for (int e = 0; e < count; e++) {
      int target = at[point[e]]++;
      p[target] = point[e];
      f[target] = from[e];
      t[target] = to[e];
      k[target] = kind[e];
    }
    point = p;
    from = f;
    to = t;
    kind = k;
    sorted = true;
  }
}
