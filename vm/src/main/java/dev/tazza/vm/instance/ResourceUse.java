package dev.tazza.vm.instance;

import java.util.concurrent.atomic.AtomicLong;

/** How much the stores and modules of an engine take, as counted by those. Thread-safe. */
public final class ResourceUse {
  private final AtomicLong stores = new AtomicLong();
  private final AtomicLong instances = new AtomicLong();
  private final AtomicLong memoryBytes = new AtomicLong();
  private final AtomicLong modules = new AtomicLong();
  private final AtomicLong codeBytes = new AtomicLong();

  /** Stores that are not closed. */
  public long stores() {
    return stores.get();
  }

  /** Instances in them. */
  public long instances() {
    return instances.get();
  }

  /** The sizes of the memories in them, but for shared ones. */
  public long memoryBytes() {
    return memoryBytes.get();
  }

  /** Modules whose code is mapped. */
  public long modules() {
    return modules.get();
  }

  /** Their code. */
  public long codeBytes() {
    return codeBytes.get();
  }

  /** The code of a module is mapped, of so many bytes. */
  public void mapped(LoadedModule module, long bytes) {
    modules.incrementAndGet();
    codeBytes.addAndGet(bytes);
    module.beforeUnmapping(() -> {
      modules.decrementAndGet();
      codeBytes.addAndGet(-bytes);
    });
  }

  /** A store was made. */
  OfStore newStore() {
    stores.incrementAndGet();
    return new OfStore();
  }

  /** What a store takes, until it is closed. Does not lead to it. Used by one thread at a time. */
  final class OfStore implements AutoCloseable {
    private long ownInstances;
    private long ownMemoryBytes;

    void addInstance() {
      ownInstances++;
      instances.incrementAndGet();
    }

    void addMemory(long bytes) {
      ownMemoryBytes += bytes;
      memoryBytes.addAndGet(bytes);
    }

    @Override
    public void close() {
      stores.decrementAndGet();
      instances.addAndGet(-ownInstances);
      memoryBytes.addAndGet(-ownMemoryBytes);
    }
  }
}
