package dev.tazza.codegen.machine.emit;

import dev.tazza.assembler.CodeBuffer;
import java.util.Arrays;

/** Offsets in the code with a value each, ascending. */
public final class OffsetTable {
  private long[] marks = new long[16];
  private int[] values = new int[16];
  private int count;

  /** Adds a row for a {@link CodeBuffer#mark}. */
  public void add(long mark, int value) {
    if (count == marks.length) {
      marks = Arrays.copyOf(marks, count * 2);
      values = Arrays.copyOf(values, count * 2);
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
