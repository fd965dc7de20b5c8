package dev.tazza;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.call.GuestStackPool;
import dev.tazza.vm.call.Permits;
import dev.tazza.vm.call.StackSize;
import dev.tazza.vm.event.PoolSample;
import dev.tazza.vm.event.PoolSampler;
import dev.tazza.vm.event.Recording;
import dev.tazza.vm.instance.InstanceAllocator;
import dev.tazza.vm.instance.OnDemandAllocator;
import dev.tazza.vm.memory.MemoryRegions;
import dev.tazza.vm.memory.MemorySource;
import dev.tazza.vm.pool.PoolSettings;
import dev.tazza.vm.pool.PoolUse;
import dev.tazza.vm.pool.PoolingAllocator;
import dev.tazza.vm.pool.SlotStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Where the stores of an engine have their memory from: by {@link Config#allocationStrategy}. Does
 * not lead to the engine, so that it can be closed when that is unreachable.
 */
final class StoreAllocation implements AutoCloseable {
  /** Stacks kept for the next store, if there are no pools. */
  private static final int IDLE_STACKS = 64;

  /** Idle memory regions to keep for reuse; each may hold on to 256 KiB of memory. */
  private static final int IDLE_REGIONS = 16;

  /** The most address space that a process has. */
  private static final long ADDRESS_SPACE = 1L << 47;

  private static final long PAGE = 64 << 10;

  private final GuestStackPool stacks;
  private final MemoryRegions regions = new MemoryRegions(IDLE_REGIONS);
  private final MemorySource hostMemories;
  private final InstanceAllocator instances;
  private final @Nullable PoolingAllocator pools;
  private final @Nullable Permits stackPermits;
  private final @Nullable PoolSampler sampler;

  /**
   * Reserves pools, if there are to be some.
   *
   * @throws IllegalArgumentException when limits do not fit
   * @throws dev.tazza.wasm.ResourceLimitException when the system has no room for the pools
   */
  StoreAllocation(Config config, Tunables tunables) {
    MemoryCreator creator = config.withHostMemory();
    hostMemories = creator == null ? regions : new CreatedMemories(creator);
    switch (config.allocationStrategy()) {
      case InstanceAllocationStrategy.OnDemand() -> {
        stacks = new GuestStackPool(stackSize(config), IDLE_STACKS, config.asyncStackZeroing());
        instances = new OnDemandAllocator(hostMemories);
        pools = null;
        stackPermits = null;
        sampler = null;
      }
      case InstanceAllocationStrategy.Pooling(PoolingConfig pooling) -> {
        PoolSettings settings = settings(pooling);
        checkFits(settings, tunables);
        Permits permits = new Permits("stack", settings.count(), settings.acquireTimeout());
        int idle = Math.min(settings.count(), settings.maxUnusedWarmSlots());
        stacks =
            new GuestStackPool(
                stackSize(config),
                idle,
                config.asyncStackZeroing(),
                pooling.asyncStackKeepResident(),
                permits);
        PoolingAllocator allocator = new PoolingAllocator(settings, tunables);
        instances = allocator;
        pools = allocator;
        stackPermits = permits;
        sampler =
            new PoolSampler(() -> new PoolSample(permits.count(), stacks.inUse(), allocator.use()));
      }
    }
  }

  private static StackSize stackSize(Config config) {
    return config.asyncSupport()
        ? StackSize.within(config.maxWasmStack(), config.asyncStackSize())
        : StackSize.of(config.maxWasmStack());
  }

  private static PoolSettings settings(PoolingConfig config) {
    InstanceLimits limits = config.instanceLimits();
    return new PoolSettings(
        SlotStrategy.valueOf(config.strategy().name()),
        limits.count(),
        limits.size(),
        limits.tables(),
        limits.tableElements(),
        limits.memories(),
        limits.memoryPages() * PAGE,
        config.maxUnusedWarmSlots(),
        config.decommitBatchSize(),
        config.linearMemoryKeepResident(),
        config.tableKeepResident(),
        config.pagemapScan(),
        config.acquireTimeout());
  }

  private static void checkFits(PoolSettings settings, Tunables tunables) {
    long most = tunables.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE);
    if (settings.memories() > 0 && settings.memorySize() > most) {
      throw new IllegalArgumentException(
          "InstanceLimits.memoryPages (%d bytes) must not exceed staticMemoryMaximumSize (%d)"
              .formatted(settings.memorySize(), most));
    }
    checkAddressSpace("memories", settings, tunables.staticMemoryRoom(), settings.memories());
    checkAddressSpace("size", settings, settings.contextSize(), 1);
    long table = 8L * settings.tableElements();
    checkAddressSpace("tables", settings, table, settings.tables());
  }

  private static void checkAddressSpace(
      String what, PoolSettings settings, long bytes, int ofEach) {
    long slots = (long) settings.count() * ofEach;
    if (slots > Integer.MAX_VALUE || slots > 0 && bytes > ADDRESS_SPACE / slots) {
      throw new IllegalArgumentException(
          "InstanceLimits.count (%d) and %s need %d times %d bytes of address space, of which a process has 128 TiB"
              .formatted(settings.count(), what, slots, bytes));
    }
  }

  /** For a store that is to be made. */
  GuestStackPool stacks() {
    if (sampler != null && Recording.isOn()) {
      sampler.begin();
    }
    return stacks;
  }

  InstanceAllocator instances() {
    return instances;
  }

  /** Of shared memories. */
  MemoryRegions regions() {
    return regions;
  }

  /** Of memories that no instance defines. */
  MemorySource hostMemories() {
    return hostMemories;
  }

  /** How much of the pools is in use; null if there are none. */
  @Nullable PoolMetrics metrics() {
    if (pools == null || stackPermits == null) {
      return null;
    }
    PoolUse use = pools.use();
    return new PoolMetrics(
        stackPermits.count(),
        use.instances(),
        stacks.inUse(),
        use.memories(),
        use.tables(),
        use.unusedWarmMemories(),
        use.memoriesTaken(),
        use.memoriesReused());
  }

  /** Frees what is kept for others. What stores use, they keep until they are closed. */
  @Override
  public void close() {
    if (sampler != null) {
      sampler.close();
    }
    try {
      stacks.close();
    } finally {
      try {
        regions.close();
      } finally {
        if (pools != null) {
          pools.close();
        }
      }
    }
  }
}
