package dev.tazza.vm.event;

import dev.tazza.vm.call.Backtrace;
import dev.tazza.wasm.TrapCode;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A guest trapped. */
@Name("dev.tazza.Trap")
@Label("WebAssembly Trap")
@Description("A guest was aborted")
@Category("WebAssembly")
public final class TrapEvent extends Event {
  @Label("Code")
  private String code = "";

  @Label("Message")
  private String message = "";

  @Label("Function")
  @Description("The guest's innermost function, if backtraces are on")
  private String function = "";

  private TrapEvent() {}

  /** It has just happened. */
  public static void record(TrapCode code, String message, Backtrace backtrace) {
    TrapEvent event = new TrapEvent();
    if (event.shouldCommit()) {
      event.code = code.name();
      event.message = message;
      event.function = EventNames.function(backtrace);
      event.commit();
    }
  }
}
