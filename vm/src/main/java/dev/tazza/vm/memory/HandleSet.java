package dev.tazza.vm.memory;

/** Handles of external references that something has. */
public final class HandleSet {
  private final long[] words;

  /** An empty set of handles below {@code end}. */
  HandleSet(int end) {
    words = new long[(end >>> 6) + 1];
  }

  /** Adds one; others than the table's are ignored. */
  public void add(long handle) {
    long word = handle >>> 6;
    if (word < words.length) {
      words[(int) word] |= 1L << handle;
    }
  }

  boolean contains(int handle) {
    return (words[handle >>> 6] >>> handle & 1) != 0;
  }
}
