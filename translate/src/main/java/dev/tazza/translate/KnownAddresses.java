package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Inst;
import org.jspecify.annotations.Nullable;

/**
 * Addresses in memories that stay in place, as far as they were computed in the same block before.
 * Most accesses follow others by the same pointer, so this spares a third of what translation
 * makes; what it misses, value numbering finds.
 */
final class KnownAddresses {
  private static final int COUNT = 16;

  private @Nullable Block baseBlock;
  private int baseMemory;
  private @Nullable Inst base;

  /** By the lowest bits of the index's id; not there before there is an address. */
  private Entry[] entries = {};

  private record Entry(Block block, int memory, Inst index, Inst address) {}

  /** The base that was added last, if that was in this block and of this memory. */
  @Nullable Inst findBase(Block block, int memory) {
    return baseBlock == block && baseMemory == memory ? base : null;
  }

  void addBase(Block block, int memory, Inst value) {
    baseBlock = block;
    baseMemory = memory;
    base = value;
  }

  /** The address of an index in a memory, if it was added in this block. */
  @Nullable Inst find(Block block, int memory, Inst index) {
    Entry entry = entries.length == 0 ? null : entries[index.id % COUNT];
    return entry != null && entry.index == index && entry.block == block && entry.memory == memory
        ? entry.address
        : null;
  }

  void add(Block block, int memory, Inst index, Inst address) {
    if (entries.length == 0) {
      entries = new Entry[COUNT];
    }
    entries[index.id % COUNT] = new Entry(block, memory, index, address);
  }
}
