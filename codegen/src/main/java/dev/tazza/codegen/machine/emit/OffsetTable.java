package dev.tazza.codegen.machine.emit;

import dev.tazza.assembler.CodeBuffer;
import java.util.Arrays;

/** Offsets in the code with a value each, ascending. */
public final class OffsetTable {
  private static final int FIRST_SIZE = 16;

  // Many tables stay empty.
  private long[] marks = {};
  private int[] values = {};
  private int count;

  /** Adds a row for a {@link CodeBuffer#mark}. */
  public void add(long mark, int value) {
    if (count == marks.length) {
      int size = Math.max(FIRST_SIZE, count * 2);
      marks = Arrays.copyOf(marks, size);
      values = Arrays.copyOf(values, size);
    }
    marks[count] = mark;
    values[count++] = value;
  }

  int[] values() {
    return Arrays.copyOf(values, count);
  }

  /** After the layout. */
  int[] offsets(CodeBuffer out) {
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = out.address(marks[i]);
    }
    return offsets;
  }
}
