package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/** Collects edits; they may be added in any order and are sorted by point in the end, stably. */
final class EditBuffer {
  private int[] point = new int[64];
  private int[] from = new int[64];
  private int[] to = new int[64];
  private byte[] kind = new byte[64];
  private int count;
  private boolean sorted = true;

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

  Allocation finish(int[] locs, int slots, long usedRegs) {
    if (!sorted) {
      sort();
    }
    return new Allocation(locs, point, from, to, kind, count, slots, usedRegs);
  }

  private void sort() {
    long[] keys = new long[count];
    for (int e = 0; e < count; e++) {
      keys[e] = (long) point[e] << 32 | e;
    }
    Arrays.sort(keys);
    int[] p = new int[count];
    int[] f = new int[count];
    int[] t = new int[count];
    byte[] k = new byte[count];
    for (int e = 0; e < count; e++) {
      int old = (int) keys[e];
      p[e] = point[old];
      f[e] = from[old];
      t[e] = to[old];
      k[e] = kind[old];
    }
    point = p;
    from = f;
    to = t;
    kind = k;
    sorted = true;
  }
}
