package dev.tazza;

/**
 * A {@link ResourceLimiter} with fixed bounds. What {@link #builder} does not bound is not bounded.
 * Immutable: any number of stores may have it, each within these bounds.
 */
public final class StoreLimits implements ResourceLimiter {
  private final long memorySize;
  private final long tableElements;
  private final int instances;
  private final int memories;
  private final int tables;
  private final boolean trapOnGrowFailure;

  private StoreLimits(Builder builder) {
    this.memorySize = builder.memorySize;
    this.tableElements = builder.tableElements;
    this.instances = builder.instances;
    this.memories = builder.memories;
    this.tables = builder.tables;
    this.trapOnGrowFailure = builder.trapOnGrowFailure;
  }

  /** No bounds at first. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public boolean memoryGrowing(long current, long desired, long maximum) {
    return desired <= memorySize;
  }

  @Override
  public boolean tableGrowing(long current, long desired, long maximum) {
    return desired <= tableElements;
  }

  @Override
  public int instances() {
    return instances;
  }

  @Override
  public int memories() {
    return memories;
  }

  @Override
  public int tables() {
    return tables;
  }

  @Override
  public boolean trapsOnGrowFailure() {
    return trapOnGrowFailure;
  }

  @Override
  public String toString() {
    return "at most %s bytes, %s elements, %s instances, %s memories, %s tables"
        .formatted(
            bound(memorySize, Long.MAX_VALUE),
            bound(tableElements, Long.MAX_VALUE),
            bound(instances, Integer.MAX_VALUE),
            bound(memories, Integer.MAX_VALUE),
            bound(tables, Integer.MAX_VALUE));
  }

  private static String bound(long value, long none) {
    return value == none ? "any" : String.valueOf(value);
  }

  /** Setters return {@code this}; a negative bound is an {@link IllegalArgumentException}. */
  public static final class Builder {
    private long memorySize = Long.MAX_VALUE;
    private long tableElements = Long.MAX_VALUE;
    private int instances = Integer.MAX_VALUE;
    private int memories = Integer.MAX_VALUE;
    private int tables = Integer.MAX_VALUE;
    private boolean trapOnGrowFailure;

    private Builder() {}

    /** The most bytes that each memory may have. */
    public Builder memorySize(long bytes) {
      memorySize = checked("memorySize", bytes);
      return this;
    }

    /** The most elements that each table may have. */
    public Builder tableElements(long elements) {
      tableElements = checked("tableElements", elements);
      return this;
    }

    /** The most instances in the store. */
    public Builder instances(int count) {
      instances = (int) checked("instances", count);
      return this;
    }

    /** The most memories in the store. */
    public Builder memories(int count) {
      memories = (int) checked("memories", count);
      return this;
    }

    /** The most tables in the store. */
    public Builder tables(int count) {
      tables = (int) checked("tables", count);
      return this;
    }

    /** Whether the guest traps when something does not grow. Default: false, it is told so. */
    public Builder trapOnGrowFailure(boolean trap) {
      trapOnGrowFailure = trap;
      return this;
    }

    public StoreLimits build() {
      return new StoreLimits(this);
    }

    private static long checked(String bound, long value) {
      if (value < 0) {
        throw new IllegalArgumentException(bound + " must not be negative, but is " + value);
      }
      return value;
    }

    @Override
    public String toString() {
      return build().toString();
    }
  }
}
