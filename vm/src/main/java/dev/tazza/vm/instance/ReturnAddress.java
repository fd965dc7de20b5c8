package dev.tazza.vm.instance;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.sys.NativeMemory;

/**
 * Where a function's return address is when it is interrupted anywhere. Functions with a frame
 * begin with {@code push rbp; mov rbp, rsp}, and end with {@code pop rbp} and a return, which is a
 * jump to a register in some.
 */
final class ReturnAddress {
  private static final byte RETURN = (byte) 0xc3;
  private static final byte RETURN_POPPING = (byte) 0xc2;

  /** {@code pop r11}, as a number. */
  private static final short POP_R11 = 0x5b41;

  private ReturnAddress() {}

  /** How far above the stack pointer it is, if the function has no frame at {@code pc}; else -1. */
  static int depth(MappedCode code, long pc) {
    CodeSymbol symbol = code.tables().symbolAt((int) (pc - code.address()));
    if (symbol == null) {
      return -1;
    }
    long start = code.address() + symbol.offset();
    if (!symbol.hasFrame() || pc == start) {
      return 0;
    }
    if (pc == start + 1) {
      return Long.BYTES;
    }
    byte opcode = NativeMemory.getByte(pc);
    boolean isReturn = opcode == RETURN || opcode == RETURN_POPPING;
    return isReturn || NativeMemory.getShort(pc) == POP_R11 ? 0 : -1;
  }
}
