package dev.tazza;

/** Where an engine has the memory of its instances from: see {@link Config#allocationStrategy}. */
public sealed interface InstanceAllocationStrategy {
  /** From the system, whenever something is made. What is closed is kept for a while. */
  record OnDemand() implements InstanceAllocationStrategy {}

  /**
   * From pools that are reserved when the engine is made.
   *
   * @param config what they are like; the engine takes a snapshot
   */
  record Pooling(PoolingConfig config) implements InstanceAllocationStrategy {
    /** With a copy of {@code config}. */
    public Pooling {
      config = config.copy();
    }

    /** A copy: changing it changes nothing here. */
    @Override
    public PoolingConfig config() {
      return config.copy();
    }
  }

  /** From the system, without limit. */
  InstanceAllocationStrategy ON_DEMAND = new OnDemand();

  /** From pools: see {@link PoolingConfig}. */
  static InstanceAllocationStrategy pooling(PoolingConfig config) {
    return new Pooling(config);
  }

  /** From pools with all the defaults. */
  static InstanceAllocationStrategy pooling() {
    return pooling(new PoolingConfig());
  }
}
