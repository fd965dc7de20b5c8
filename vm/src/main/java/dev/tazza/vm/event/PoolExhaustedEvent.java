package dev.tazza.vm.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** All of a pool was in use. */
@Name("dev.tazza.PoolExhausted")
@Label("WebAssembly Pool Exhausted")
@Description("A store or an instance was refused because all of a pool was in use")
@Category("WebAssembly")
public final class PoolExhaustedEvent extends Event {
  @Label("Kind")
  @Description("What there was none of: instance or stack")
  private String kind = "";

  @Label("Limit")
  @Description("How many there are")
  private int limit;

  private PoolExhaustedEvent() {}

  /** It has just happened. */
  public static void record(String kind, int limit) {
    PoolExhaustedEvent event = new PoolExhaustedEvent();
    if (event.shouldCommit()) {
      event.kind = kind;
      event.limit = limit;
      event.commit();
    }
  }
}
