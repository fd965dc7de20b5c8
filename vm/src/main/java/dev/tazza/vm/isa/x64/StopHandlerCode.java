package dev.tazza.vm.isa.x64;

import static dev.tazza.assembler.x64.Registers.R15;
import static dev.tazza.assembler.x64.Registers.R8;
import static dev.tazza.assembler.x64.Registers.R9;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;
import static dev.tazza.environ.StoreContext.EXIT_REASON;
import static dev.tazza.environ.StoreContext.HOST_THREAD;
import static dev.tazza.environ.StoreContext.MAGIC;
import static dev.tazza.environ.StoreContext.MAGIC_VALUE;
import static dev.tazza.environ.StoreContext.STOP;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.environ.ExitReason;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.SignalFrame;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.StopHandlerAddresses;

/**
 * The handler of the signal by which guest code is stopped, on x86-64. The signal carries the
 * address of a store context.
 *
 * <p>If that is in r15, the pc is in guest code or in what that calls to copy memory, and the store
 * is asked to stop, the handler calls the exit stub: Java goes on, and finds the guest parked in
 * here, with all its registers in the kernel's frame. When it is resumed the handler returns, and
 * the kernel restores them. When it is not, the frame is dropped with those below it. The signal is
 * not blocked meanwhile, since nobody may return. Otherwise nothing happens: see {@link
 * dev.tazza.vm.interrupt.Stopper}.
 *
 * <p>So compiled code needs nothing to be stopped, wherever it is. It holds no locks, and what it
 * does to the store context in several steps is all about exits: the handler puts the exit's reason
 * back.
 */
final class StopHandlerCode {
  private static final int ENTRY_ALIGNMENT = 32;

  private StopHandlerCode() {}

  /**
   * Assembles the handler, which is the only entry.
   *
   * @param previous handler of such signals that are not for guests; the default or to ignore them:
   *     none
   */
  static AssembledCode assemble(SignalFrame frame, StopHandlerAddresses addresses, long previous) {
    Assembler code = new Assembler();
    int magic = code.int64(MAGIC_VALUE);
    int ranges = code.int64(addresses.ranges());
    int bulkLow = code.int64(addresses.bulkStart());
    int bulkSize = code.int64(addresses.bulkBytes());
    int exit = code.int64(addresses.exit());
    int previousHandler = code.int64(previous);
    code.align(ENTRY_ALIGNMENT);
    int entry = code.here();
    int others = code.label();
    int nothing = code.label();
    int inGuest = code.label();
    int notInRanges = code.label();
    code.cmpImm(code.at(RSI, frame.info().code()), frame.info().queued());
    code.jcc(Cond.NE, others);
    code.load(8, R8, code.at(RSI, frame.info().value()));
    code.cmp(8, R8, code.at(RDX, frame.registers()[TrapHandlerCode.CONTEXT_REGISTER]));
    code.jcc(Cond.NE, nothing); // it does not run that store
    code.load(8, R9, code.at(RDX, frame.pc()));
    TrapHandlerCode.findRange(code, ranges, notInRanges);
    code.jmp(inGuest);
    code.bind(notInRanges);
    code.mov(8, RAX, R9);
    code.sub(RAX, code.constant(bulkLow));
    code.cmp(8, RAX, code.constant(bulkSize));
    code.jcc(Cond.AE, nothing);
    code.bind(inGuest);
    code.load(8, RAX, code.constant(magic));
    code.cmp(code.at(R8, MAGIC), RAX);
    code.jcc(Cond.NE, nothing);
    code.cmpImm(code.at(R8, STOP), 0);
    code.jcc(Cond.E, nothing);
    code.cmpImm(code.at(R8, HOST_THREAD), 0);
    code.jcc(Cond.E, nothing); // it has left
    TrapHandlerCode.record(code, frame);
    code.mov(8, R15, R8);
    code.load(4, RAX, code.at(R15, EXIT_REASON));
    code.push(RAX);
    code.storeImm(code.at(R15, EXIT_REASON), ExitReason.STOPPED.code());
    code.call(code.constant(exit));
    code.pop(RAX);
    code.store(4, code.at(R15, EXIT_REASON), RAX);
    code.bind(nothing);
    code.ret(); // to the system, which restores the registers
    code.bind(others);
    if (previous != SignalAction.DEFAULT && previous != SignalAction.IGNORE) {
      code.jmp(code.constant(previousHandler));
    } else {
      code.ret();
    }
    byte[] bytes = code.finish();
    return new AssembledCode(bytes, code.offset(entry));
  }
}
