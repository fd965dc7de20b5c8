package dev.tazza.vm.event;

import dev.tazza.vm.call.Backtrace;
import java.util.function.Supplier;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/** A host function took long. */
@Name("dev.tazza.HostCall")
@Label("Long Host Call")
@Description("A guest called a host function, which took longer than the threshold")
@Category("WebAssembly")
@Threshold("20 ms")
public final class HostCallEvent extends Event {
  @Label("Caller")
  @Description("The guest function that called it")
  private String caller = "";

  private HostCallEvent() {}

  /** One that begins now. */
  public static HostCallEvent start() {
    HostCallEvent event = new HostCallEvent();
    event.begin();
    return event;
  }

  /** It has returned or thrown. */
  public void done(Supplier<Backtrace> guest) {
    end();
    if (shouldCommit()) {
      caller = EventNames.function(guest.get());
      commit();
    }
  }
}
