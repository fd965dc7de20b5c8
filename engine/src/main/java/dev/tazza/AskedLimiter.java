package dev.tazza;

import dev.tazza.vm.instance.StoreLimiter;

/** A limiter as the runtime asks it. */
record AskedLimiter(ResourceLimiter limiter) implements StoreLimiter {
  @Override
  public boolean memoryGrowing(long current, long desired, long maximum) {
    return limiter.memoryGrowing(current, desired, maximum);
  }

  @Override
  public boolean tableGrowing(long current, long desired, long maximum) {
    return limiter.tableGrowing(current, desired, maximum);
  }

  @Override
  public int instances() {
    return limiter.instances();
  }

  @Override
  public int memories() {
    return limiter.memories();
  }

  @Override
  public int tables() {
    return limiter.tables();
  }

  @Override
  public boolean trapsOnGrowFailure() {
    return limiter.trapsOnGrowFailure();
  }
}
