package dev.tazza.vm.event;

import dev.tazza.vm.instance.LoadedModule;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A module was compiled; one that comes from a cache or an artifact is not. */
@Name("dev.tazza.Compile")
@Label("WebAssembly Compilation")
@Description("A module was decoded, validated and compiled")
@Category("WebAssembly")
public final class CompileEvent extends Event {
  @Label("Module")
  private String module = "";

  @Label("Functions")
  @Description("Functions that the module defines")
  private int functions;

  @Label("Module Size")
  @DataAmount
  private long moduleSize;

  @Label("Code Size")
  @Description("Machine code, with what the compiler added")
  @DataAmount
  private long codeSize;

  private CompileEvent() {}

  /** One that begins now. */
  public static CompileEvent start() {
    CompileEvent event = new CompileEvent();
    event.begin();
    return event;
  }

  /** It is done. */
  public void done(LoadedModule loaded, long bytes) {
    end();
    if (shouldCommit()) {
      module = EventNames.of(loaded.module());
      functions = loaded.module().definedFunctionCount();
      moduleSize = bytes;
      codeSize = loaded.compiled().text().bytes().length;
      commit();
    }
  }
}
