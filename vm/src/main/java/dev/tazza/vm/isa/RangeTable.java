package dev.tazza.vm.isa;

import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;

/**
 * Where guest code of the process is, as the signal handler reads it: a page of native memory that
 * is never freed. Each copy of this library that is loaded has an entry; handlers of other versions
 * have tables of their own. To be used under the lock of the process.
 *
 * <pre>
 *   0   count u64, how many entries have ever been used
 *   32  entries: first address, bytes (0: the entry is free), where a thread that trapped goes on
 * </pre>
 */
public record RangeTable(long address) {
  static final int FIRST_ENTRY = 32;
  public static final int ENTRY_SIZE = 32;
  public static final int LOW = 0;
  public static final int SIZE = 8;
  public static final int TRAP_EXIT = 16;

  private static final int BYTES = 4096;
  private static final int CAPACITY = (BYTES - FIRST_ENTRY) / ENTRY_SIZE;

  public static RangeTable allocate() {
    return new RangeTable(Os.host().allocate(BYTES));
  }

  /**
   * Adds a range.
   *
   * @return the address of its entry, which is to be zeroed before anything else gets there; 0 when
   *     the table is full
   */
  public long add(long low, long size, long trapExit) {
    long count = NativeMemory.getLong(address);
    for (int i = 0; i < CAPACITY; i++) {
      long entry = address + FIRST_ENTRY + (long) ENTRY_SIZE * i;
      if (i >= count || NativeMemory.getLong(entry + SIZE) == 0) {
        NativeMemory.putLong(entry + LOW, low);
        NativeMemory.putLong(entry + TRAP_EXIT, trapExit);
        NativeMemory.putLong(entry + SIZE, size); // from now on it counts
        NativeMemory.putLong(address, Math.max(count, i + 1));
        return entry;
      }
    }
    return 0;
  }
}
