package dev.tazza.vm.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** How much of an engine's pools is in use. */
@Name("dev.tazza.PoolStatistics")
@Label("WebAssembly Pool Statistics")
@Description("How much of an engine's pools is in use")
@Category("WebAssembly")
@Period("1 s")
@StackTrace(false)
public final class PoolStatisticsEvent extends Event {
  @Label("Limit")
  @Description("How many instances, and as many stacks, there are")
  private int limit;

  @Label("Instances in Use")
  private int instances;

  @Label("Stacks in Use")
  private int stacks;

  @Label("Memories in Use")
  private int memories;

  @Label("Tables in Use")
  private int tables;

  @Label("Unused Warm Memories")
  @Description("Free slots that keep pages or initial contents")
  private int unusedWarmMemories;

  @Label("Memories Taken")
  @Description("Since the engine was made")
  private long memoriesTaken;

  @Label("Memories Reused")
  @Description("Of those taken, how many found in their slot what they begin with")
  private long memoriesReused;

  private PoolStatisticsEvent() {}

  static void record(PoolSample sample) {
    PoolStatisticsEvent event = new PoolStatisticsEvent();
    event.limit = sample.limit();
    event.instances = sample.use().instances();
    event.stacks = sample.stacks();
    event.memories = sample.use().memories();
    event.tables = sample.use().tables();
    event.unusedWarmMemories = sample.use().unusedWarmMemories();
    event.memoriesTaken = sample.use().memoriesTaken();
    event.memoriesReused = sample.use().memoriesReused();
    event.commit();
  }
}
