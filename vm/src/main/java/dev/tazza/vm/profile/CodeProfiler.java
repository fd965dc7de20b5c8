package dev.tazza.vm.profile;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.demangle.Demangler;

/** Tells a profiler what code is where. Thread-safe. */
public interface CodeProfiler extends AutoCloseable {
  /** Tells nobody. */
  CodeProfiler NONE = new None();

  /** A module's code has been mapped. */
  void loaded(LoadedModule module);

  /** No more code will come. */
  @Override
  void close();

  /**
   * What a function, or another piece of code, is called: its name, as in the source, and its
   * module's.
   */
  static String name(LoadedModule module, CodeSymbol symbol) {
    String moduleName = module.module().names().module();
    String suffix = moduleName == null ? "" : " [" + moduleName + "]";
    return "wasm::" + Demangler.display(symbol.name()) + Demangler.printable(suffix);
  }

  /** Tells nobody. */
  record None() implements CodeProfiler {
    @Override
    public void loaded(LoadedModule module) {}

    @Override
    public void close() {}
  }
}
