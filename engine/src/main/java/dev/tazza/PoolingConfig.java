package dev.tazza;

import java.time.Duration;
import java.util.Objects;

/**
 * What the pools of an engine are like from which its instances, with their memories, tables and
 * stacks, are taken: see {@link Config#allocationStrategy}. Setters return {@code this}; values out
 * of range are an {@link IllegalArgumentException}. Not thread-safe.
 *
 * <p>Memories, tables and globals that the embedder makes, and shared memories, are not from there.
 *
 * <p>The names, and the defaults unless something is said, are those of Wasmtime.
 */
public final class PoolingConfig {
  /** A wait that is not meant to end. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private PoolingAllocationStrategy strategy = PoolingAllocationStrategy.REUSE_AFFINITY;
  private InstanceLimits instanceLimits = new InstanceLimits();
  private int maxUnusedWarmSlots = 100;
  private int decommitBatchSize = 1;
  private long linearMemoryKeepResident = 256 << 10;
  private long tableKeepResident = 16 << 10;
  private long asyncStackKeepResident = 64 << 10;
  private boolean pagemapScan = true;
  private Duration acquireTimeout = Duration.ZERO;

  /** The defaults. */
  public PoolingConfig() {}

  PoolingConfig copy() {
    PoolingConfig copy = new PoolingConfig();
    copy.strategy = strategy;
    copy.instanceLimits = instanceLimits.copy();
    copy.maxUnusedWarmSlots = maxUnusedWarmSlots;
    copy.decommitBatchSize = decommitBatchSize;
    copy.linearMemoryKeepResident = linearMemoryKeepResident;
    copy.tableKeepResident = tableKeepResident;
    copy.asyncStackKeepResident = asyncStackKeepResident;
    copy.pagemapScan = pagemapScan;
    copy.acquireTimeout = acquireTimeout;
    return copy;
  }

  /** Which free slot is taken. Default: {@link PoolingAllocationStrategy#REUSE_AFFINITY}. */
  public PoolingConfig strategy(PoolingAllocationStrategy choice) {
    strategy = Objects.requireNonNull(choice, "strategy");
    return this;
  }

  /** What {@link #strategy(PoolingAllocationStrategy)} says. */
  public PoolingAllocationStrategy strategy() {
    return strategy;
  }

  /** How many instances there is place for, and how large they may be. */
  public PoolingConfig instanceLimits(InstanceLimits limits) {
    instanceLimits = limits.copy();
    return this;
  }

  /** A copy of what {@link #instanceLimits(InstanceLimits)} says. */
  public InstanceLimits instanceLimits() {
    return instanceLimits.copy();
  }

  /**
   * How many free slots of each pool may stay warm, that is keep initial contents mapped and pages
   * resident. Of more than that, the ones that have been free for longest give all back. More make
   * it likelier that a module finds its memory as it left it; fewer use less memory. Default: 100.
   */
  public PoolingConfig maxUnusedWarmSlots(int slots) {
    maxUnusedWarmSlots = (int) checked("maxUnusedWarmSlots", slots, 0, Integer.MAX_VALUE);
    return this;
  }

  /** What {@link #maxUnusedWarmSlots(int)} says. */
  public int maxUnusedWarmSlots() {
    return maxUnusedWarmSlots;
  }

  /**
   * How many slots wait, after their use, until the pages of all of them are given back to the
   * system at once. Such a slot cannot be taken by anybody until then. Giving pages back interrupts
   * the other processors, each time once; but what waits uses memory. Concerns memories and tables
   * of which more was written than {@link #linearMemoryKeepResident} and {@link
   * #tableKeepResident}. From 1 to 1024. Default: 1, which is at once.
   */
  public PoolingConfig decommitBatchSize(int slots) {
    decommitBatchSize = (int) checked("decommitBatchSize", slots, 1, 1024);
    return this;
  }

  /** What {@link #decommitBatchSize(int)} says. */
  public int decommitBatchSize() {
    return decommitBatchSize;
  }

  /**
   * If a guest has written to no more than so many bytes of a memory, in whole pages, they are set
   * back by writing to them, and stay resident. Otherwise all pages are given back to the system,
   * which takes longer, as does the page fault at the next use. Default: 256 KiB (Wasmtime: 0).
   */
  public PoolingConfig linearMemoryKeepResident(long bytes) {
    linearMemoryKeepResident = checked("linearMemoryKeepResident", bytes, 0, Long.MAX_VALUE / 2);
    return this;
  }

  /** What {@link #linearMemoryKeepResident(long)} says. */
  public long linearMemoryKeepResident() {
    return linearMemoryKeepResident;
  }

  /**
   * So many bytes at the beginning of a table are cleared by writing to them, and stay resident. An
   * element has 8 bytes. Default: 16 KiB (Wasmtime: 0).
   */
  public PoolingConfig tableKeepResident(long bytes) {
    tableKeepResident = checked("tableKeepResident", bytes, 0, Long.MAX_VALUE / 2);
    return this;
  }

  /** What {@link #tableKeepResident(long)} says. */
  public long tableKeepResident() {
    return tableKeepResident;
  }

  /**
   * So many of the highest bytes of a stack stay resident, and are cleared if {@link
   * Config#asyncStackZeroing} says so. All below is given back to the system. Default: 64 KiB
   * (Wasmtime: 0).
   */
  public PoolingConfig asyncStackKeepResident(long bytes) {
    asyncStackKeepResident = checked("asyncStackKeepResident", bytes, 0, Long.MAX_VALUE / 2);
    return this;
  }

  /** What {@link #asyncStackKeepResident(long)} says. */
  public long asyncStackKeepResident() {
    return asyncStackKeepResident;
  }

  /**
   * Whether the system is asked which pages of a memory a guest has written to ({@code
   * PAGEMAP_SCAN}, Linux 6.7). If it is not, or cannot tell, the first {@link
   * #linearMemoryKeepResident} bytes of each memory are written to, and all others given back.
   * Default: true.
   */
  public PoolingConfig pagemapScan(boolean enable) {
    pagemapScan = enable;
    return this;
  }

  /** What {@link #pagemapScan(boolean)} says. */
  public boolean pagemapScan() {
    return pagemapScan;
  }

  /**
   * How long to wait for an instance or a stack when all are in use, before it is a {@link
   * dev.tazza.wasm.PoolExhaustedException}. The thread waits; an interruption ends it at once. Who
   * waits for an instance holds its store, so give stores few instances. At most a year. Default:
   * 0.
   */
  public PoolingConfig acquireTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "acquireTimeout must be from 0 to a year, but is " + timeout);
    }
    acquireTimeout = timeout;
    return this;
  }

  /** What {@link #acquireTimeout(Duration)} says. */
  public Duration acquireTimeout() {
    return acquireTimeout;
  }

  private static long checked(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "PoolingConfig." + what + " must be from " + least + " to " + most + ", but is " + value);
    }
    return value;
  }

  @Override
  public String toString() {
    return "pools, " + strategy + ": " + instanceLimits;
  }
}
