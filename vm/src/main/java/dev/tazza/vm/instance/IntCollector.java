package dev.tazza.vm.instance;

import java.util.Arrays;

/** Collects ints. */
final class IntCollector {
  private int[] values = new int[8];
  private int count;

  void add(int value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  int[] toArray() {
    return Arrays.copyOf(values, count);
  }
}
