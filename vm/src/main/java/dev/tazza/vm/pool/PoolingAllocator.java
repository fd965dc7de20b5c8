package dev.tazza.vm.pool;

import dev.tazza.environ.Tunables;
import dev.tazza.environ.VmLayout;
import dev.tazza.vm.call.Permits;
import dev.tazza.vm.concurrent.UseCount;
import dev.tazza.vm.instance.BlockSize;
import dev.tazza.vm.instance.InstanceAllocator;
import dev.tazza.vm.memory.MemorySource;
import dev.tazza.vm.memory.TableSource;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.WasmModule;
import org.jspecify.annotations.Nullable;

/**
 * Pools of contexts, tables and memories, for a number of instances that was said beforehand. One
 * per engine; lives until the engine is closed and so are all stores. Thread-safe.
 */
public final class PoolingAllocator implements InstanceAllocator, AutoCloseable {
  /** So much of a released context is cleared by writing; most are much smaller. */
  private static final long CONTEXT_RESIDENT = 256 << 10;

  private static final int ENTRY = VmLayout.TABLE_ELEMENT_SIZE;

  private final PoolSettings settings;
  private final Permits instances;
  private final BlockPool contexts;
  private final BlockPool tableBlocks;
  private final MemoryPool memories;
  private final TableSource tables = new Tables();

  /** The engine, while it is open, and each store. */
  private final UseCount users = new UseCount();

  /**
   * Reserves all there will be.
   *
   * @throws ResourceLimitException when the system has no room
   */
  public PoolingAllocator(PoolSettings settings, Tunables tunables) {
    this.settings = settings;
    int count = settings.count();
    instances = new Permits("instance", count, settings.acquireTimeout());
    contexts = new BlockPool("contexts", count, settings.contextSize(), CONTEXT_RESIDENT, settings);
    BlockPool blocks = null;
    try {
      blocks =
          new BlockPool(
              "tables",
              Math.multiplyExact(count, settings.tables()),
              (long) ENTRY * settings.tableElements(),
              settings.tableKeepResident(),
              settings);
      memories = new MemoryPool(settings, tunables);
    } catch (RuntimeException | Error refused) {
      if (blocks != null) {
        blocks.unmap();
      }
      contexts.unmap();
      throw refused;
    }
    tableBlocks = blocks;
  }

  @Override
  public void check(WasmModule module, BlockSize size) {
    if (size.total() > settings.contextSize()) {
      throw new ResourceLimitException(
          "an instance of the module takes %d bytes (%s), above the pool's limit of %d (InstanceLimits.size)"
              .formatted(size.total(), size, settings.contextSize()));
    }
    checkMemories(module);
    int tableCount = module.tableCount() - module.importedTableCount();
    if (tableCount > settings.tables()) {
      throw tooMany("tables", tableCount, settings.tables());
    }
    for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
      long elements = module.table(i).limits().minimum();
      if (Long.compareUnsigned(elements, settings.tableElements()) > 0) {
        throw tooLarge("table", i, elements, "elements", settings.tableElements(), "tableElements");
      }
    }
  }

  private void checkMemories(WasmModule module) {
    int count = 0;
    for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
      if (module.memory(i).limits().shared()) {
        continue; // it can outlive any instance, and is not from here
      }
      count++;
      long bytes = Tunables.minimumBytes(module.memory(i));
      if (bytes > settings.memorySize()) {
        throw tooLarge("memory", i, bytes, "bytes", settings.memorySize(), "memoryPages");
      }
    }
    if (count > settings.memories()) {
      throw tooMany("memories", count, settings.memories());
    }
  }

  private static ResourceLimitException tooMany(String what, int count, int most) {
    return new ResourceLimitException(
        "the module defines %d %s, above the pool's limit of %d (InstanceLimits.%s)"
            .formatted(count, what, most, what));
  }

  private static ResourceLimitException tooLarge(
      String what, int index, long size, String unit, long most, String limit) {
    return new ResourceLimitException(
        "%s %d has at least %s %s, above the pool's limit of %d (InstanceLimits.%s)"
            .formatted(what, index, Long.toUnsignedString(size), unit, most, limit));
  }

  @Override
  public long allocate(long bytes, boolean zeroed) {
    long context = contexts.take();
    return context != 0 ? context : instances.await(this::takeContext);
  }

  private @Nullable Long takeContext() {
    long context = contexts.take();
    return context == 0 ? null : context;
  }

  @Override
  public void free(long context, long bytes) {
    contexts.put(context, bytes);
    instances.released();
  }

  @Override
  public MemorySource memories() {
    return memories;
  }

  @Override
  public TableSource tables() {
    return tables;
  }

  /** How much of it is in use. */
  public PoolUse use() {
    return new PoolUse(
        contexts.inUse(),
        memories.inUse(),
        tableBlocks.inUse(),
        memories.unusedWarm(),
        memories.acquired(),
        memories.reused());
  }

  @Override
  public void retain() {
    if (!users.retain()) {
      throw new IllegalStateException("the pools are gone");
    }
  }

  @Override
  public void release() {
    if (users.release()) {
      unmap();
    }
  }

  private void unmap() {
    memories.unmap();
    tableBlocks.unmap();
    contexts.unmap();
  }

  /** The engine needs it no longer. Stores that use it do, until they are gone. */
  @Override
  public void close() {
    if (users.disown()) {
      unmap();
    }
  }

  /** Slots for the elements of tables. */
  private final class Tables implements TableSource {
    @Override
    public long most() {
      return settings.tableElements();
    }

    @Override
    public long allocate(long elements) {
      return tableBlocks.take();
    }

    @Override
    public long capacity(long elements) {
      return settings.tableElements();
    }

    @Override
    public void free(long address, long used) {
      tableBlocks.put(address, used * ENTRY);
    }
  }
}
