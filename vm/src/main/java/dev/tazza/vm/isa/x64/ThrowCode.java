package dev.tazza.vm.isa.x64;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.R14;
import static dev.tazza.assembler.x64.Registers.R15;
import static dev.tazza.assembler.x64.Registers.R8;
import static dev.tazza.assembler.x64.Registers.R9;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RBP;
import static dev.tazza.assembler.x64.Registers.RCX;
import static dev.tazza.assembler.x64.Registers.RDI;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;
import static dev.tazza.assembler.x64.Registers.RSP;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;

/**
 * The machine code that unwinds: it looks for a handler of the exception in {@link
 * StoreContext#EXCEPTION}, from the function that called it outwards. Nothing is changed until one
 * is found; then execution goes on at its landing pad, with the stack pointer where that function
 * has it, its own context in r14, and no other register as it was. Without any it exits, with all
 * frames still there.
 *
 * <p>What a frame handles is told where its call returns to: there stands {@code nop [rax + rax +
 * d32]}, and {@code d32} bytes behind that the record that {@link dev.tazza.environ.CallRecords}
 * describes, in which landing pads are distances from the record, and tags offsets in the instance
 * context. Where there is nothing to tell, no such instruction stands, but for padding, with a
 * displacement of zero.
 *
 * <p>Who wants the guest to stop is heard first. A guest that does little but throw is in here most
 * of the time, where {@link StopHandlerCode} cannot stop it.
 *
 * <pre>
 *   rax  the exception's tag           rcx  return address        rbp  its frame
 *   rdx  record                        rsi  handlers left         rdi  handler
 *   r8   instance context of the frame                            r9   rbp on the way in
 * </pre>
 */
final class ThrowCode {
  /** {@code nop [rax + rax + d32]} up to the displacement. */
  private static final int NOP_WITH_DISTANCE = 0x00841f0f;

  // Words of a record, in bytes.
  private static final int CONTEXT = 4;
  private static final int REFERENCES = 8;
  private static final int HANDLERS = 12;
  private static final int FIRST_REFERENCE = 16;

  // Of a handler: its tag, then this.
  private static final int LANDING_PAD = 4;
  private static final int HANDLER_SIZE = 8;

  private ThrowCode() {}

  /** Where the record of the call that returns there is, or 0: what the stub does, for Java. */
  static long record(long returnAddress) {
    int distance = NativeMemory.getInt(returnAddress + 4);
    boolean isNop = NativeMemory.getInt(returnAddress) == NOP_WITH_DISTANCE;
    return isNop && distance != 0 ? returnAddress + 8 + distance : 0;
  }

  /**
   * Writes the stub.
   *
   * @param exit label of the exit stub
   * @param poll label of the stub that polls
   */
  static void write(Assembler code, int exit, int poll) {
    int outwards = code.label();
    int caught = code.label();
    int stopped = code.label();
    code.cmpImm(code.at(R15, StoreContext.STOP), 0);
    code.jcc(Cond.NE, stopped);
    int start = code.here();
    code.mov(8, R9, RBP);
    code.load(8, RCX, code.at(RSP, 0));
    code.load(4, RAX, code.at(R15, StoreContext.EXCEPTION));
    int frame = code.here();
    findHandlers(code, outwards);
    int handler = code.here();
    code.loadSigned(R10, code.at(RDI, 0));
    code.test(4, R10, R10);
    code.jcc(Cond.S, caught); // it handles all
    code.cmp(4, RAX, code.at(R8, R10, 1, 0));
    code.jcc(Cond.E, caught);
    code.addImm(RDI, HANDLER_SIZE);
    code.dec(4, RSI);
    code.jcc(Cond.NE, handler);
    code.bind(outwards);
    code.load(8, RCX, code.at(RBP, 8));
    code.load(8, RBP, code.at(RBP, 0));
    code.test(8, RBP, RBP);
    code.jcc(Cond.NE, frame);
    code.mov(8, RBP, R9);
    code.storeImm(code.at(R15, StoreContext.EXIT_REASON), ExitReason.UNCAUGHT.code());
    code.jmp(exit);
    code.bind(caught);
    code.loadSigned(RCX, code.at(RDI, LANDING_PAD));
    code.add(RCX, RDX);
    code.load(4, RSI, code.at(RDX, 0)); // the size of the frame below rbp
    code.mov(8, RSP, RBP);
    code.sub(RSP, RSI);
    code.mov(8, R14, R8);
    code.jmpTo(RCX);
    code.bind(stopped);
    code.push(RBP);
    code.mov(8, RBP, RSP); // a frame, in which backtraces find who throws
    code.call(poll);
    code.pop(RBP);
    code.jmp(start);
  }

  /** The record and the first handler of the call that returns to rcx, if there are any. */
  private static void findHandlers(Assembler code, int none) {
    code.cmpImm(code.at(RCX, 0), NOP_WITH_DISTANCE);
    code.jcc(Cond.NE, none);
    code.loadSigned(RDX, code.at(RCX, 4));
    code.test(8, RDX, RDX);
    code.jcc(Cond.E, none); // padding
    code.lea(RDX, code.at(RCX, RDX, 1, 8));
    code.load(4, RSI, code.at(RDX, HANDLERS));
    code.test(4, RSI, RSI);
    code.jcc(Cond.E, none);
    code.load(4, RDI, code.at(RDX, REFERENCES));
    code.lea(RDI, code.at(RDX, RDI, 4, FIRST_REFERENCE));
    code.loadSigned(R8, code.at(RDX, CONTEXT));
    code.load(8, R8, code.at(RBP, R8, 1, 0));
  }
}
