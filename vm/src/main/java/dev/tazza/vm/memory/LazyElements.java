package dev.tazza.vm.memory;

/**
 * What the elements of a lazy table begin with. One that is null in the table is taken from here,
 * unless it was dropped because somebody wants it to be null.
 */
public abstract class LazyElements {
  private static final long[] NONE_DROPPED = {};

  private final int count;

  /** A bit for each element: whether it was dropped. Made when the first one is. */
  private long[] dropped = NONE_DROPPED;

  /**
   * @param count of the elements, from 0 on; all others begin as null
   */
  protected LazyElements(int count) {
    this.count = count;
  }

  /** Element {@code index}, below the count: the address of a function reference, or 0. */
  protected abstract long element(int index);

  /** Element {@code index}, which is null in the table, or 0 when it shall be null. */
  final long take(long index) {
    if (index >= count) {
      return 0;
    }
    int at = (int) index;
    boolean isDropped = dropped.length > 0 && (dropped[at >> 6] & 1L << at) != 0;
    return isDropped ? 0 : element(at);
  }

  /** Drops so many elements from {@code index} on: nobody takes them any more. */
  final void drop(long index, long elements) {
    long end = Math.min(index + elements, count);
    if (index < end && dropped.length == 0) {
      dropped = new long[(count + 63) >> 6];
    }
    for (long i = index; i < end; i++) {
      dropped[(int) (i >> 6)] |= 1L << i;
    }
  }
}
