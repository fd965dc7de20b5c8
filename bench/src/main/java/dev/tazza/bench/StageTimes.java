package dev.tazza.bench;

import com.sun.management.ThreadMXBean;
import dev.tazza.codegen.Compilation;
import dev.tazza.codegen.Observer;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds up the time that each stage of a compilation takes, and the bytes that it allocates, on one
 * thread: what happened since the stage before is its own.
 */
final class StageTimes implements Observer {
  /** Nanoseconds and bytes. */
  static final class Cost {
    long nanos;
    long bytes;
  }

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Map<String, Cost> costs = new LinkedHashMap<>();
  private long nanos;
  private long bytes;

  /** What follows belongs to the stage that is reported next. */
  void start() {
    bytes = THREADS.getCurrentThreadAllocatedBytes();
    nanos = System.nanoTime();
  }

  /** Ends a stage. */
  void stage(String name) {
    long now = System.nanoTime();
    Cost cost = costs.computeIfAbsent(name, key -> new Cost());
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    cost.nanos += now - nanos;
    cost.bytes += allocated - bytes;
    bytes = allocated;
    nanos = System.nanoTime();
  }

  @Override
  public void after(String stage, Compilation compilation) {
    stage(stage.equals("input") ? "translate" : stage);
  }

  /** By stage, in the order of their first reports. */
  Map<String, Cost> costs() {
    return costs;
  }

  long nanos() {
    return costs.values().stream().mapToLong(cost -> cost.nanos).sum();
  }

  long bytes() {
    return costs.values().stream().mapToLong(cost -> cost.bytes).sum();
  }
}
