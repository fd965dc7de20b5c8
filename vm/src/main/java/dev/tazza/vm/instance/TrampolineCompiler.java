package dev.tazza.vm.instance;

import dev.tazza.wasm.type.FuncType;

/**
 * Makes code that stands for functions where no module brings it along. What it made belongs to the
 * caller. Thread-safe.
 */
public interface TrampolineCompiler {
  /** Guest code that exits to a host function of {@code type}. */
  MappedFunction exit(FuncType type);

  /** Guest code that returns by jump and stands for another function of {@code type}. */
  MappedFunction imported(FuncType type);
}
