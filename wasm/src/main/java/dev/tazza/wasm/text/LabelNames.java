package dev.tazza.wasm.text;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The names of a function's labels, which count from 0 in the order their blocks begin. */
final class LabelNames {
  private int blocks;
  private int[] indices = new int[8];
  private @Nullable String[] names = new String[8];
  private int count;

  /** A function begins. */
  void clear() {
    blocks = 0;
    count = 0;
  }

  /** A block begins whose label has this name, or null. */
  void add(@Nullable String name) {
    if (name != null) {
      if (count == indices.length) {
        indices = Arrays.copyOf(indices, 2 * count);
        names = Arrays.copyOf(names, 2 * count);
      }
      indices[count] = blocks;
      names[count++] = name;
    }
    blocks++;
  }

  /** How many have a name. */
  int count() {
    return count;
  }

  /** Which label the one with the {@code i}th name is. */
  int index(int i) {
    return indices[i];
  }

  String name(int i) {
    return Objects.requireNonNull(names[i]);
  }
}
