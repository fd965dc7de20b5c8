package dev.tazza.vm.instance;

import dev.tazza.environ.CodeMap;

/** Code in the code range, found by pc: what a fault in it means. */
public interface MappedCode {
  /** Address of the first byte. */
  long address();

  /** What is where in it, by offsets from {@link #address}. */
  CodeMap codeMap();
}
