package dev.tazza.vm.event;

import dev.tazza.vm.instance.LoadedModule;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A module was instantiated. */
@Name("dev.tazza.Instantiate")
@Label("WebAssembly Instantiation")
@Description("An instance of a module was made; its start function is not counted")
@Category("WebAssembly")
public final class InstantiateEvent extends Event {
  @Label("Module")
  private String module = "";

  private InstantiateEvent() {}

  /** One that begins now. */
  public static InstantiateEvent start() {
    InstantiateEvent event = new InstantiateEvent();
    event.begin();
    return event;
  }

  /** It is done. */
  public void done(LoadedModule loaded) {
    end();
    if (shouldCommit()) {
      module = EventNames.of(loaded.module());
      commit();
    }
  }
}
