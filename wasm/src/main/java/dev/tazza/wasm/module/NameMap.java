package dev.tazza.wasm.module;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Names by index, as the name section has them: sparse and in ascending order. */
public final class NameMap {

  /** No names. */
  public static final NameMap EMPTY = new NameMap(new int[0], new String[0]);

  private final int[] indexes;
  private final String[] names;

  /** Takes over both arrays; {@code indexes} must be strictly ascending. */
  public NameMap(int[] indexes, String[] names) {
    this.indexes = indexes;
    this.names = names;
  }

  /** The name of an index, or null. */
  public @Nullable String get(int index) {
    int i = Arrays.binarySearch(indexes, index);
    return i >= 0 ? names[i] : null;
  }

  /** The number of names. */
  public int size() {
    return indexes.length;
  }

  /** The index of the i-th name. */
  public int indexAt(int i) {
    return indexes[i];
  }

  /** The i-th name. */
  public String nameAt(int i) {
    return names[i];
  }
}
