package dev.tazza.vm.debug.dwarf;

import dev.tazza.environ.LocalPlaces;
import java.util.Arrays;

/** Where the locals of one function are while its optimized code runs. */
final class LocalRows {
  private final LocalPlaces places;
  private final int first;
  private final int end;
  private final long textAddress;

  /**
   * @param from offset of the function in the text
   * @param to behind it
   */
  LocalRows(LocalPlaces places, int from, int to, long textAddress) {
    this.places = places;
    first = places.firstOf(from);
    end = places.firstOf(to);
    this.textAddress = textAddress;
  }

  boolean isEmpty() {
    return first == end;
  }

  LocalPlaces places() {
    return places;
  }

  /** The row that says where a local is at an address, or -1. */
  int rowAt(int local, long address) {
    long offset = address - textAddress;
    for (int row = first; row < end; row++) {
      if (places.local()[row] == local
          && places.from()[row] <= offset
          && places.to()[row] > offset) {
        return row;
      }
    }
    return -1;
  }

  /**
   * Cuts ranges of addresses at those at which one of {@code locals} comes to be elsewhere: starts
   * and ends in turn.
   */
  long[] cut(long[] ranges, boolean[] locals) {
    long[] cuts = new long[2 * (end - first)];
    int count = 0;
    for (int row = first; row < end; row++) {
      int local = places.local()[row];
      if (local < locals.length && locals[local]) {
        cuts[count++] = textAddress + places.from()[row];
        cuts[count++] = textAddress + places.to()[row];
      }
    }
    Arrays.sort(cuts, 0, count);
    long[] pieces = new long[ranges.length + 2 * count * (ranges.length / 2)];
    int size = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      long at = ranges[i];
      for (int k = 0; k < count && cuts[k] < ranges[i + 1]; k++) {
        if (cuts[k] > at) {
          pieces[size++] = at;
          pieces[size++] = cuts[k];
          at = cuts[k];
        }
      }
      pieces[size++] = at;
      pieces[size++] = ranges[i + 1];
    }
    return Arrays.copyOf(pieces, size);
  }
}
