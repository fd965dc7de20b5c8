package dev.tazza.vm.isa.x64;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.R11;
import static dev.tazza.assembler.x64.Registers.R14;
import static dev.tazza.assembler.x64.Registers.R15;
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
import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.StoreContext;

/**
 * The stub that makes a guest function's tail call of a function with another context. The
 * reference is in r11. The caller's frame is gone but for its own context, in r14, which whoever
 * called it wants to find there afterwards; on the stack are how many 16 bytes of arguments there
 * are and, in the upper 16 bits, how many words of results, then the return address. So a frame
 * goes between:
 *
 * <pre>
 *   results
 *   return address
 *   rbp                  ← rbp
 *   r14
 *   bytes of results
 *   padding to 16 bytes
 *   the callee's results
 *   arguments, moved
 *   address of the end of this stub
 * </pre>
 *
 * <p>Where the return address is that of the end of this stub, there is such a frame already, and
 * one is enough: however many functions of whichever instances call each other like this, the stack
 * does not grow. It returns by jump: the callee's return took the call of this frame's caller from
 * those that the processor remembers.
 */
final class CrossingCode {
  private static final int[] SAVED = {RAX, RCX, RDX, RSI, RDI};

  /** What compiled code uses for copies: no argument is in it. */
  private static final int VECTOR = 15;

  private final Assembler code;
  private final int end;

  private CrossingCode(Assembler code) {
    this.code = code;
    end = code.label();
  }

  /** Writes the stub. */
  static void write(Assembler code) {
    CrossingCode stub = new CrossingCode(code);
    stub.begin();
    code.align(StubCode.ENTRY_ALIGNMENT);
    stub.end();
  }

  private void begin() {
    int again = code.label();
    for (int i = 0; i < SAVED.length; i++) {
      code.store(8, code.at(R15, StoreContext.CROSSING_REGISTERS + 8 * i), SAVED[i]);
    }
    code.pop(RDX);
    code.lea(RAX, code.constant(end));
    code.cmp(code.at(RSP, 0), RAX);
    code.jcc(Cond.E, again);
    code.mov(8, RCX, RDX);
    code.andImm(RCX, 0xffff); // 16 bytes of arguments
    code.shrImm(RDX, 16);
    code.shlImm(RDX, 3); // bytes of results
    code.pop(RAX);
    code.mov(8, RSI, RSP);
    code.sub(RSP, RDX);
    code.subImm(RSP, 32);
    code.andImm(RSP, -16);
    code.mov(8, RDI, RSP);
    moveArguments();
    code.store(8, code.at(RSI, -8), RAX);
    code.store(8, code.at(RSI, -16), RBP);
    code.store(8, code.at(RSI, -24), R14);
    code.store(8, code.at(RSI, -32), RDX);
    code.lea(RBP, code.at(RSI, -16));
    code.lea(RAX, code.constant(end));
    code.push(RAX);
    code.bind(again);
    for (int i = 0; i < SAVED.length; i++) {
      code.load(8, SAVED[i], code.at(R15, StoreContext.CROSSING_REGISTERS + 8 * i));
    }
    code.load(8, R14, code.at(R11, FuncRefLayout.CONTEXT));
    code.jmp(code.at(R11, FuncRefLayout.CODE));
  }

  /** From rsi on to rdi on, which is lower, rcx times 16 bytes. */
  private void moveArguments() {
    int none = code.label();
    code.test(8, RCX, RCX);
    code.jcc(Cond.E, none);
    int next = code.here();
    code.loadVector(16, VECTOR, code.at(RSI, 0));
    code.storeVector(16, code.at(RDI, 0), VECTOR);
    code.addImm(RSI, 16);
    code.addImm(RDI, 16);
    code.dec(4, RCX);
    code.jcc(Cond.NE, next);
    code.bind(none);
  }

  /** Where the callee returns to, with results in registers and on the stack. */
  private void end() {
    int none = code.label();
    code.bind(end);
    code.load(8, R9, code.at(RBP, -16));
    code.test(8, R9, R9);
    code.jcc(Cond.E, none);
    int next = code.here();
    code.load(8, R10, code.at(RSP, R9, 1, -8));
    code.store(8, code.at(RBP, R9, 1, 8), R10);
    code.subImm(R9, 8);
    code.jcc(Cond.NE, next);
    code.bind(none);
    code.load(8, R14, code.at(RBP, -8));
    code.mov(8, RSP, RBP);
    code.pop(RBP);
    code.pop(R11);
    code.jmpTo(R11);
  }
}
