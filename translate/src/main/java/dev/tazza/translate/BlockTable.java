package dev.tazza.translate;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a local at the end of a block: a hash table with open addressing from (block,
 * local).
 */
final class BlockTable<T> {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private long[] keys = new long[64];
  private @Nullable Object[] values = new Object[64];
  private int size;

  @SuppressWarnings("unchecked") // only put() writes to values
  @Nullable T get(int block, int local) {
    if (size == 0) {
      return null;
    }
    long key = key(block, local);
    int mask = keys.length - 1;
    for (int i = slot(key, mask); ; i = i + 1 & mask) {
      if (keys[i] == key) {
        return (T) values[i];
      }
      if (keys[i] == 0) {
        return null;
      }
    }
  }

  void put(int block, int local, T value) {
    if (size * 2 >= keys.length) {
      grow();
    }
    insert(key(block, local), value);
  }

  private void insert(long key, @Nullable Object value) {
    int mask = keys.length - 1;
    int i = slot(key, mask);
    while (keys[i] != 0 && keys[i] != key) {
      i = i + 1 & mask;
    }
    if (keys[i] == 0) {
      size++;
      keys[i] = key;
    }
    values[i] = value;
  }

  private void grow() {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new Object[oldKeys.length * 2];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        insert(oldKeys[i], oldValues[i]);
      }
    }
  }

  /** Never 0: blocks count from 1 in keys. */
  private static long key(int block, int local) {
    return (long) (block + 1) << 32 | local;
  }

  private static int slot(long key, int mask) {
    long mixed = key * MIX;
    return (int) (mixed >>> 40 ^ mixed >>> 20) & mask;
  }
}
