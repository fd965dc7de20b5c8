package dev.tazza.vm.memory;

import dev.tazza.sys.SysException;

/**
 * The address space of one linear memory at a time. Who made it takes it back: see {@link
 * MemorySource}. Not thread-safe.
 */
public interface MemoryRegion {
  /** Address of byte 0. */
  long base();

  /** Bytes from the base on that can become accessible in place. */
  long room();

  /**
   * Makes the first {@code bytes} accessible, if they are not; new ones are zero. The base stays.
   *
   * @throws SysException when there is no memory; nothing has changed then
   */
  void commit(long bytes);

  /** Whether the address is in the room or the guard behind it. */
  boolean mayFaultAt(long address);
}
