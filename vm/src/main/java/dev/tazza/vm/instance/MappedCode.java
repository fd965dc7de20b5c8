package dev.tazza.vm.instance;

import dev.tazza.environ.CodeTables;

/** Code in the code range, found by pc: what a fault in it means. */
public interface MappedCode {
  /** Address of the first byte. */
  long address();

  /** Tables with offsets from {@link #address}. */
  CodeTables tables();
}
