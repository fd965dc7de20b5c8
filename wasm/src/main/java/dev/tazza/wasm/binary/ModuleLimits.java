package dev.tazza.wasm.binary;

import dev.tazza.wasm.ResourceLimitException;

/** A value for each {@link ModuleLimit}; immutable. */
public final class ModuleLimits {

  public static final ModuleLimits DEFAULT = defaults();

  private final int[] values;

  private ModuleLimits(int[] values) {
    this.values = values;
  }

  private static ModuleLimits defaults() {
    ModuleLimit[] limits = ModuleLimit.values();
    int[] values = new int[limits.length];
    for (ModuleLimit limit : limits) {
      values[limit.ordinal()] = limit.byDefault();
    }
    return new ModuleLimits(values);
  }

  public int get(ModuleLimit limit) {
    return values[limit.ordinal()];
  }

  /** These limits with another value for one of them. */
  public ModuleLimits with(ModuleLimit limit, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(limit.what() + ": " + value);
    }
    int[] copy = values.clone();
    copy[limit.ordinal()] = value;
    return new ModuleLimits(copy);
  }

  /**
   * Checks a number against its limit.
   *
   * @throws ResourceLimitException if it is above
   */
  public void check(ModuleLimit limit, int actual, int offset) {
    if (actual > get(limit)) {
      throw exceeded(limit, actual, offset);
    }
  }

  /** The error for a number above its limit. */
  public ResourceLimitException exceeded(ModuleLimit limit, int actual, int offset) {
    return new ResourceLimitException(
        "too many " + limit.what() + ": " + actual + ", the limit is " + get(limit), offset);
  }
}
