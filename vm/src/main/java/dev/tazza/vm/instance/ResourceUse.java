package dev.tazza.vm.instance;

import java.util.concurrent.atomic.LongAdder;

/** How much the stores and modules of an engine take, as counted by those. Thread-safe. */
public final class ResourceUse {
  private final LongAdder stores = new LongAdder();
  private final LongAdder instances = new LongAdder();
  private final LongAdder memoryBytes = new LongAdder();
  private final LongAdder modules = new LongAdder();
  private final LongAdder codeBytes = new LongAdder();

  /** Stores that are not closed. */
  public long stores() {
    return stores.sum();
  }

  /** Instances in them. */
  public long instances() {
    return instances.sum();
  }

  /** The sizes of the memories in them, but for shared ones. */
  public long memoryBytes() {
    return memoryBytes.sum();
  }

  /** Modules whose code is mapped. */
  public long modules() {
    return modules.sum();
  }

  /** Their code. */
  public long codeBytes() {
    return codeBytes.sum();
  }

  /** The code of a module is mapped, of so many bytes. */
  public void mapped(LoadedModule module, long bytes) {
    modules.increment();
    codeBytes.add(bytes);
    module.beforeUnmapping(() -> {
      modules.decrement();
      codeBytes.add(-bytes);
    });
  }

  /** A store was made. */
  OfStore newStore() {
    stores.increment();
    return new OfStore();
  }

  /** What a store takes, until it is closed. Does not lead to it. Used by one thread at a time. */
  final class OfStore implements AutoCloseable {
    private long ownInstances;
    private long ownMemoryBytes;

    void addInstance() {
      ownInstances++;
      instances.increment();
    }

    void addMemory(long bytes) {
      ownMemoryBytes += bytes;
      memoryBytes.add(bytes);
    }

    @Override
    public void close() {
      stores.decrement();
      instances.add(-ownInstances);
      memoryBytes.add(-ownMemoryBytes);
    }
  }
}
