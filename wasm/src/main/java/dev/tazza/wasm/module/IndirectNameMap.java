package dev.tazza.wasm.module;

import java.util.Arrays;

/** Names by two indexes: of locals or labels, by function. */
public final class IndirectNameMap {

  /** No names. */
  public static final IndirectNameMap EMPTY = new IndirectNameMap(new int[0], new NameMap[0]);

  private final int[] indexes;
  private final NameMap[] maps;

  /** Takes over both arrays; {@code indexes} must be strictly ascending. */
  public IndirectNameMap(int[] indexes, NameMap[] maps) {
    this.indexes = indexes;
    this.maps = maps;
  }

  /** The names under a first index, possibly none. */
  public NameMap get(int index) {
    int i = Arrays.binarySearch(indexes, index);
    return i >= 0 ? maps[i] : NameMap.EMPTY;
  }
}
