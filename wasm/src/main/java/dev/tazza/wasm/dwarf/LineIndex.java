package dev.tazza.wasm.dwarf;

import java.util.Arrays;

/** Finds the row of a line table for an address. */
final class LineIndex {
  /** The rows that have code, by ascending address, those of one address in their order. */
  private final int[] rows;

  private final long[] starts;

  /** Of each row and all before it: where the last of them ends. */
  private final long[] ends;

  private final long[] end;

  /**
   * @param table address, file, line and so on of each row, {@code stride} numbers; a line below 0
   *     where a sequence ends
   * @param count how many numbers there are
   */
  LineIndex(long[] table, int count, int stride) {
    long[][] found = new long[count / stride][];
    int size = 0;
    for (int i = 0; i + stride < count; i += stride) {
      if (table[i + 2] >= 0 && table[i] < table[i + stride]) {
        found[size++] = new long[] {table[i], table[i + stride], i};
      }
    }
    Arrays.sort(
        found,
        0,
        size,
        (a, b) -> a[0] == b[0] ? Long.compare(a[2], b[2]) : Long.compare(a[0], b[0]));
    rows = new int[size];
    starts = new long[size];
    end = new long[size];
    ends = new long[size];
    for (int i = 0; i < size; i++) {
      starts[i] = found[i][0];
      end[i] = found[i][1];
      rows[i] = (int) found[i][2];
      ends[i] = i == 0 ? end[i] : Math.max(end[i], ends[i - 1]);
    }
  }

  /** The last row in the table that is for the address; -1: there is none. */
  int row(long address) {
    int low = 0;
    int high = rows.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int found = -1;
    for (int i = low - 1; i >= 0 && ends[i] > address; i--) {
      if (end[i] > address) {
        found = Math.max(found, rows[i]);
      }
    }
    return found;
  }
}
