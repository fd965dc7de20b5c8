package dev.tazza.vm.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A memory has grown, or could not. */
@Name("dev.tazza.MemoryGrowth")
@Label("WebAssembly Memory Growth")
@Description("A linear memory has grown, or could not")
@Category("WebAssembly")
public final class MemoryGrowthEvent extends Event {
  @Label("Size Before")
  @DataAmount
  private long before;

  @Label("Size Wanted")
  @DataAmount
  private long wanted;

  @Label("Has Grown")
  private boolean hasGrown;

  private MemoryGrowthEvent() {}

  /** One that begins now. */
  public static MemoryGrowthEvent start() {
    MemoryGrowthEvent event = new MemoryGrowthEvent();
    event.begin();
    return event;
  }

  /** It is done. */
  public void done(long bytesBefore, long bytesWanted, boolean success) {
    before = bytesBefore;
    wanted = bytesWanted;
    hasGrown = success;
    commit();
  }
}
