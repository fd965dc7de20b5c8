package dev.tazza.vm.instance;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.isa.Processor;

/** Where a function's return address is when it is interrupted anywhere. */
final class ReturnAddress {
  private ReturnAddress() {}

  /** How far above the stack pointer it is, if the function has no frame at {@code pc}; else -1. */
  static int depth(MappedCode code, long pc) {
    CodeSymbol symbol = code.codeMap().symbolAt((int) (pc - code.address()));
    if (symbol == null) {
      return -1;
    }
    long start = code.address() + symbol.offset();
    return Processor.host().returnAddressDepth(pc, symbol, start);
  }
}
