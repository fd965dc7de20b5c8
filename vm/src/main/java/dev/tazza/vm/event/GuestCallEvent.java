package dev.tazza.vm.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/** A call of a guest took long. */
@Name("dev.tazza.GuestCall")
@Label("Long WebAssembly Call")
@Description("A guest function was called, and took longer than the threshold")
@Category("WebAssembly")
@Threshold("20 ms")
public final class GuestCallEvent extends Event {
  @Label("Function")
  private String function = "";

  private GuestCallEvent() {}

  /** One that begins now. */
  public static GuestCallEvent start() {
    GuestCallEvent event = new GuestCallEvent();
    event.begin();
    return event;
  }

  /** It has returned or thrown. */
  public void done(long code) {
    end();
    if (shouldCommit()) {
      function = EventNames.function(code);
      commit();
    }
  }
}
