package dev.tazza.vm.instance;

import dev.tazza.environ.StoreContext;
import dev.tazza.environ.TrapCode;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import org.jspecify.annotations.Nullable;

/** Reads what the signal handler left in a store context. */
final class Fault {
  private static final int REX = 0x40;
  private static final int REX_W = 8;
  private static final int REX_B = 1;

  private Fault() {}

  /**
   * The trap that the fault stands for, or null when no instruction at that pc is known to trap.
   */
  static @Nullable TrapCode code(long context) {
    long pc = NativeMemory.getLong(context + StoreContext.TRAP_PC);
    CodeBlock block = CodeRange.process().find(pc);
    if (block == null || !(block.owner() instanceof MappedCode code)) {
      return null;
    }
    int number = code.tables().trapAt((int) (pc - code.address()));
    if (number == 0) {
      return null;
    }
    TrapCode trap = TrapCode.of(number);
    return trap == TrapCode.INTEGER_DIVISION ? division(context, pc) : trap;
  }

  /**
   * {@code F7 /7} divides rdx:rax by a register: a divisor of zero is one trap, any other the
   * overflow of the quotient.
   */
  private static TrapCode division(long context, long pc) {
    long at = pc;
    int rex = NativeMemory.getByte(at) & 0xFF;
    if ((rex & 0xF0) == REX) {
      at++;
    } else {
      rex = 0;
    }
    int modrm = NativeMemory.getByte(at + 1) & 0xFF;
    int register = modrm & 7 | (rex & REX_B) << 3;
    long divisor = NativeMemory.getLong(context + StoreContext.TRAP_REGISTERS + 8L * register);
    boolean zero = (rex & REX_W) == 0 ? (int) divisor == 0 : divisor == 0;
    return zero ? TrapCode.INTEGER_DIVIDE_BY_ZERO : TrapCode.INTEGER_OVERFLOW;
  }
}
