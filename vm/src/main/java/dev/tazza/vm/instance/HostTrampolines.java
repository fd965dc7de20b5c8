package dev.tazza.vm.instance;

import dev.tazza.wasm.type.FuncType;

/** Code that stands for host functions where no module brings it along. Thread-safe. */
public interface HostTrampolines {
  /** Address of guest code that exits to a host function of {@code type}. */
  long exit(FuncType type);
}
