package dev.tazza.wasm.text;

import java.util.Arrays;

/** The identifiers of a function's labels, which count from 0 in the order their blocks begin. */
final class LabelNames {
  private int blocks;
  private int[] indices = new int[8];
  private int[] symbols = new int[8];
  private int count;

  /** A function begins. */
  void clear() {
    blocks = 0;
    count = 0;
  }

  /** A block begins; {@code symbol} is the identifier of its label, or -1. */
  void add(int symbol) {
    if (symbol >= 0) {
      if (count == indices.length) {
        indices = Arrays.copyOf(indices, 2 * count);
        symbols = Arrays.copyOf(symbols, 2 * count);
      }
      indices[count] = blocks;
      symbols[count++] = symbol;
    }
    blocks++;
  }

  /** How many have an identifier. */
  int count() {
    return count;
  }

  /** Which label the one with the {@code i}th identifier is. */
  int index(int i) {
    return indices[i];
  }

  /** Its identifier. */
  int symbol(int i) {
    return symbols[i];
  }
}
