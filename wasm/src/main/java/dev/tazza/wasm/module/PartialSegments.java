package dev.tazza.wasm.module;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** The data segments of a module, of which most are {@link DataSegment#APPLIED}. */
final class PartialSegments extends AbstractList<DataSegment> implements RandomAccess {
  private final int size;

  /** Indexes of the others, ascending, and what is there. */
  private final int[] indexes;

  private final List<DataSegment> present;

  PartialSegments(int size, int[] indexes, List<DataSegment> present) {
    this.size = size;
    this.indexes = indexes;
    this.present = List.copyOf(present);
  }

  @Override
  public DataSegment get(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("data segment " + index + " of " + size);
    }
    int at = Arrays.binarySearch(indexes, index);
    return at < 0 ? DataSegment.APPLIED : present.get(at);
  }

  @Override
  public int size() {
    return size;
  }

  int[] indexes() {
    return indexes;
  }
}
