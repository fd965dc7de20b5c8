package dev.tazza.vm.pool;

import dev.tazza.sys.Os;

/**
 * Released slots whose pages have to be given back to the system before somebody gets them: in
 * batches, because each time the other processors are interrupted. Thread-safe.
 */
final class DecommitQueue {
  /** Gets slots whose contents are gone. */
  interface Pool {
    void putClean(int slot);
  }

  private final Os os = Os.host();
  private final Pool pool;
  private final int[] slots;
  private final long[] addresses;
  private final long[] sizes;
  private int count;

  /**
   * An empty queue.
   *
   * @param batch so many slots are done at a time
   */
  DecommitQueue(int batch, Pool pool) {
    this.pool = pool;
    slots = new int[batch];
    addresses = new long[batch];
    sizes = new long[batch];
  }

  /** Adds a slot, of which these bytes, whole pages, have contents. */
  synchronized void add(int slot, long address, long size) {
    slots[count] = slot;
    addresses[count] = address;
    sizes[count] = size;
    count++;
    if (count == slots.length) {
      flush();
    }
  }

  /** Gives all pages back now. When this returns, no slot is here, nor on its way to the pool. */
  synchronized void flush() {
    if (count == 0) {
      return;
    }
    os.discard(addresses, sizes, count);
    int done = count;
    count = 0;
    for (int i = 0; i < done; i++) {
      pool.putClean(slots[i]);
    }
  }

  /** How many slots are waiting. */
  synchronized int size() {
    return count;
  }
}
