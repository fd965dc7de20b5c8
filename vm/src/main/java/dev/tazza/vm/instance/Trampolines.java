package dev.tazza.vm.instance;

import dev.tazza.wasm.type.FuncType;

/** Code that stands for functions where no module brings it along. Thread-safe. */
public interface Trampolines {
  /** Address of guest code that exits to a host function of {@code type}. */
  long exit(FuncType type);

  /** Address of guest code that returns by jump and stands for another function of {@code type}. */
  long imported(FuncType type);
}
