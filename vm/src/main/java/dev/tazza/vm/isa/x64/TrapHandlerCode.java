package dev.tazza.vm.isa.x64;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.R15;
import static dev.tazza.assembler.x64.Registers.R8;
import static dev.tazza.assembler.x64.Registers.R9;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RCX;
import static dev.tazza.assembler.x64.Registers.RDI;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;
import static dev.tazza.environ.StoreContext.MAGIC;
import static dev.tazza.environ.StoreContext.MAGIC_VALUE;
import static dev.tazza.environ.StoreContext.TRAP_ADDRESS;
import static dev.tazza.environ.StoreContext.TRAP_PC;
import static dev.tazza.environ.StoreContext.TRAP_REGISTERS;
import static dev.tazza.environ.StoreContext.TRAP_SIGNAL;
import static dev.tazza.environ.StoreContext.TRAP_SIGNAL_CODE;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.SignalFrame;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.RangeTable;

/**
 * The handler of faults on x86-64: {@code void handler(int signal, siginfo_t *info, ucontext_t
 * *context)}.
 *
 * <p>A fault belongs to guest code when an instruction raised it, its pc is in a range of the
 * {@link RangeTable} and r15 points to a store context. Then the fault is recorded there and the
 * thread continues at the trap exit. Every other signal goes to the handler that was there before,
 * arguments untouched.
 *
 * <p>The handler runs on the guest stack (threads of the JVM have no alternate one), takes no lock
 * and calls nothing.
 */
final class TrapHandlerCode {
  private static final int ENTRY_ALIGNMENT = 32;

  /** Where guest code keeps the address of its store context. */
  static final int CONTEXT_REGISTER = R15;

  private final Assembler code = new Assembler();
  private final SignalFrame frame;

  private TrapHandlerCode(SignalFrame frame) {
    this.frame = frame;
  }

  /**
   * Assembles the handler.
   *
   * @param previousHandlers how many signals may have a handler that was there before
   * @return entries: the handler; the literal with the address of the range table; those of the
   *     previous handlers, 8 bytes each
   */
  static AssembledCode assemble(SignalFrame frame, int previousHandlers) {
    TrapHandlerCode handler = new TrapHandlerCode(frame);
    Assembler code = handler.code;
    int magic = code.int64(MAGIC_VALUE);
    int ranges = code.int64(0);
    int previous = code.here();
    for (int signal = 0; signal < previousHandlers; signal++) {
      code.int64(0);
    }
    code.align(ENTRY_ALIGNMENT);
    int entry = code.here();
    handler.handler(magic, ranges, previous);
    byte[] bytes = code.finish();
    return new AssembledCode(bytes, code.offset(entry), code.offset(ranges), code.offset(previous));
  }

  private void handler(int magic, int ranges, int previous) {
    int others = code.label();
    code.cmpImm(code.at(RSI, frame.info().code()), 0);
    code.jcc(Cond.LE, others); // sent by a process
    code.load(8, R9, code.at(RDX, frame.pc()));
    findRange(code, ranges, others);
    code.load(8, R8, code.at(RDX, frame.registers()[CONTEXT_REGISTER]));
    code.testImm(R8, 15);
    code.jcc(Cond.NE, others);
    code.load(8, RAX, code.constant(magic));
    code.cmp(code.at(R8, MAGIC), RAX);
    code.jcc(Cond.NE, others);
    record(code, frame);
    code.load(8, RAX, code.at(R10, RangeTable.TRAP_EXIT));
    code.store(8, code.at(RDX, frame.pc()), RAX);
    code.ret(); // to the system, which goes on there
    code.bind(others);
    chain(previous);
  }

  /**
   * Finds the entry of the {@link RangeTable} for the pc in r9. Goes on with its address in r10 and
   * the flags of "below", or at {@code notFound}.
   *
   * @param ranges label of the literal with the table's address
   */
  static void findRange(Assembler code, int ranges, int notFound) {
    code.load(8, R10, code.constant(ranges));
    code.load(8, RCX, code.at(R10, 0)); // entries
    int next = code.here();
    code.dec(8, RCX);
    code.jcc(Cond.S, notFound);
    code.addImm(R10, RangeTable.ENTRY_SIZE);
    code.mov(8, RAX, R9);
    code.sub(RAX, code.at(R10, RangeTable.LOW));
    code.cmp(8, RAX, code.at(R10, RangeTable.SIZE));
    code.jcc(Cond.AE, next);
  }

  /** Stores the fault into the store context in r8; r9 is the pc. */
  static void record(Assembler code, SignalFrame frame) {
    code.store(8, code.at(R8, TRAP_PC), R9);
    code.load(8, RAX, code.at(RSI, frame.info().address()));
    code.store(8, code.at(R8, TRAP_ADDRESS), RAX);
    code.store(4, code.at(R8, TRAP_SIGNAL), RDI);
    code.load(4, RAX, code.at(RSI, frame.info().code()));
    code.store(4, code.at(R8, TRAP_SIGNAL_CODE), RAX);
    int[] registers = frame.registers();
    for (int register = 0; register < registers.length; register++) {
      code.load(8, RAX, code.at(RDX, registers[register]));
      code.store(8, code.at(R8, TRAP_REGISTERS + 8 * register), RAX);
    }
  }

  /** The signal is not ours. What would have happened without us? The arguments are in place. */
  private void chain(int previous) {
    int ignored = code.label();
    int byDefault = code.label();
    code.lea(RAX, code.constant(previous));
    code.mov(4, RCX, RDI);
    code.load(8, RAX, code.at(RAX, RCX, 8, 0));
    code.cmpImm(8, RAX, (int) SignalAction.IGNORE);
    code.jcc(Cond.B, byDefault);
    code.jcc(Cond.E, ignored);
    code.jmpTo(RAX); // the previous handler
    code.bind(ignored);
    code.cmpImm(code.at(RSI, frame.info().code()), 0);
    code.jcc(Cond.G, byDefault); // a fault cannot be ignored
    code.ret();
    code.bind(byDefault);
    code.bytes(frame.takeDefault());
  }
}
