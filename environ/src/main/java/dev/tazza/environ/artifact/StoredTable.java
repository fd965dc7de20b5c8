package dev.tazza.environ.artifact;

import java.nio.ByteBuffer;

/**
 * A table of numbers where it is stored, column after column.
 *
 * @param content the columns, little-endian; only read at absolute places, so that threads may
 *     share it
 */
record StoredTable(ByteBuffer content, int columns, int rows) {
  /** The number at a place that exists. */
  int get(int column, int row) {
    return content.getInt(Integer.BYTES * (column * rows + row));
  }

  /** The last row whose number in an ascending column is not more than {@code value}, or -1. */
  int lastAtOrBelow(int column, int value) {
    int low = 0;
    int high = rows;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(column, middle) <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
