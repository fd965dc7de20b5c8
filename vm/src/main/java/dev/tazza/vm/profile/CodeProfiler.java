package dev.tazza.vm.profile;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.instance.LoadedModule;

/** Tells a profiler what code is where. Thread-safe. */
public interface CodeProfiler extends AutoCloseable {
  /** Tells nobody. */
  CodeProfiler NONE = new None();

  /** A module's code has been mapped. */
  void loaded(LoadedModule module);

  /** No more code will come. */
  @Override
  void close();

  /** What a function, or another piece of code, is called: its name and its module's. */
  static String name(LoadedModule module, CodeSymbol symbol) {
    String moduleName = module.module().names().module();
    String suffix = moduleName == null ? "" : " [" + moduleName + "]";
    StringBuilder name = new StringBuilder("wasm::");
    for (char c : (symbol.name() + suffix).toCharArray()) {
      name.append(Character.isISOControl(c) ? '?' : c); // a line for each, in some files
    }
    return name.toString();
  }

  /** Tells nobody. */
  record None() implements CodeProfiler {
    @Override
    public void loaded(LoadedModule module) {}

    @Override
    public void close() {}
  }
}
