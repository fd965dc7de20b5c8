package dev.tazza.codegen.regalloc;

/**
 * A set of blocks that is cheap to go through in order and to empty, however few of all blocks it
 * has: a bit for each block, and one for each word of those bits.
 */
final class BlockSet {
  private final long[] bits;
  private final long[] words;

  BlockSet(int blocks) {
    this.bits = new long[(blocks >> 6) + 1];
    this.words = new long[(blocks >> 12) + 1];
  }

  /** Adds a block; false if it was there. */
  boolean add(int block) {
    int word = block >> 6;
    long before = bits[word];
    long after = before | 1L << block;
    if (after == before) {
      return false;
    }
    bits[word] = after;
    words[word >> 6] |= 1L << word;
    return true;
  }

  /** Takes out all of the next 64 blocks, of which the set has one, from a multiple of 64 on. */
  long takeWord(int word) {
    long taken = bits[word];
    bits[word] = 0;
    words[word >> 6] &= ~(1L << word);
    return taken;
  }

  /** The first word with a block in it from a word on that has none before, or -1. */
  int nextWord(int from) {
    for (int k = from >> 6; k < words.length; k++) {
      if (words[k] != 0) {
        return (k << 6) + Long.numberOfTrailingZeros(words[k]);
      }
    }
    return -1;
  }
}
