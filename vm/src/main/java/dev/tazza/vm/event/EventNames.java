package dev.tazza.vm.event;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.demangle.Demangler;
import dev.tazza.wasm.module.WasmModule;

/** What modules and functions are called in events. */
final class EventNames {
  private static final String UNNAMED = "<unnamed>";

  private EventNames() {}

  static String of(WasmModule module) {
    String name = module.names().module();
    return name == null ? UNNAMED : Demangler.printable(name);
  }

  /** The function with this address in its code, and its module; empty when it is none. */
  static String function(long pc) {
    CodeBlock block = CodeRange.process().find(pc);
    if (block == null || !(block.owner() instanceof LoadedModule loaded)) {
      return "";
    }
    CodeSymbol symbol = loaded.symbolAt(pc);
    if (symbol == null || symbol.functionIndex() < 0) {
      return "";
    }
    return Demangler.display(symbol.name()) + " [" + of(loaded.module()) + "]";
  }

  /** The innermost function of a backtrace, before which may be trampolines. */
  static String function(Backtrace backtrace) {
    for (int i = 0; i < backtrace.pcs().length; i++) {
      // A return address belongs to the call before it.
      boolean exact = i == 0 && backtrace.fault();
      String name = function(backtrace.pcs()[i] - (exact ? 0 : 1));
      if (!name.isEmpty()) {
        return name;
      }
    }
    return "";
  }
}
