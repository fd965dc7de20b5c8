package dev.tazza.wasm.binary;

import java.lang.foreign.MemorySegment;

/** What of an instance {@link SnapshotWriter} puts into a module, by the module's indexes. */
public interface InstanceState {
  /** What tells that an element of a table is null. */
  int NULL = -1;

  /** All bytes of a memory that the module defines. */
  MemorySegment memory(int memory);

  /** How many elements a table has that the module defines. */
  long tableSize(int table);

  /** The index of the function in a table, or {@link #NULL}. */
  int element(int table, long index);

  /**
   * The bits of a global that the module defines, low half first.
   *
   * @return for a reference {@link #NULL} or the index of a function, in the first one
   */
  long[] global(int global);
}
