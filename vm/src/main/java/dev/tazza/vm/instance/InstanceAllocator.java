package dev.tazza.vm.instance;

import dev.tazza.vm.memory.MemorySource;
import dev.tazza.vm.memory.TableSource;
import dev.tazza.wasm.module.WasmModule;

/** Where instances, and the memories and tables that they define, come from. Thread-safe. */
public interface InstanceAllocator {
  /**
   * Refuses modules of which there can never be an instance.
   *
   * @param size what {@link #allocate} will be asked for
   * @throws dev.tazza.wasm.ResourceLimitException says what is too large, and for which limit
   */
  void check(WasmModule module, BlockSize size);

  /**
   * Memory for the context of an instance, and what else {@link InstanceTemplate} has in its block.
   *
   * @param zeroed whether it must be zeros
   * @return the address, a multiple of 16
   * @throws dev.tazza.wasm.ResourceLimitException when there is none
   */
  long allocate(long bytes, boolean zeroed);

  /** Takes it back; {@code bytes} as in {@link #allocate}. */
  void free(long context, long bytes);

  /** The memories of instances. */
  MemorySource memories();

  /** The tables of instances. */
  TableSource tables();

  /** A store begins to use it: it works on until {@link #release}, whatever is closed meanwhile. */
  void retain();

  /** A store is gone. */
  void release();
}
