package dev.tazza.vm.isa.x64;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.R11;
import static dev.tazza.assembler.x64.Registers.R12;
import static dev.tazza.assembler.x64.Registers.R13;
import static dev.tazza.assembler.x64.Registers.R14;
import static dev.tazza.assembler.x64.Registers.R15;
import static dev.tazza.assembler.x64.Registers.R8;
import static dev.tazza.assembler.x64.Registers.R9;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RBP;
import static dev.tazza.assembler.x64.Registers.RBX;
import static dev.tazza.assembler.x64.Registers.RCX;
import static dev.tazza.assembler.x64.Registers.RDI;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;
import static dev.tazza.assembler.x64.Registers.RSP;
import static dev.tazza.environ.StoreContext.EXIT_REASON;
import static dev.tazza.environ.StoreContext.GUEST_SP;
import static dev.tazza.environ.StoreContext.HOST_SP;
import static dev.tazza.environ.StoreContext.HOST_THREAD;
import static dev.tazza.environ.StoreContext.STOP;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.Stub;
import dev.tazza.vm.isa.Stubs;

/**
 * The {@link Stub}s on x86-64, System V convention on the Java side. Guest code finds vmctx in r14,
 * the store context in r15, integer parameters in rax and rcx and float parameters in xmm0 and
 * xmm1.
 *
 * <p>Both stacks while guest code is parked, high addresses first. While it runs, the left one
 * looks the same:
 *
 * <pre>
 *   thread's stack                      guest stack
 *   return address into Java            ... frames of the activation ...
 *   rbp rbx r12 r13 r14 r15  ← HOST_SP  return address into guest code
 *                                       rbp rbx r12 r13 r14            ← GUEST_SP (16-aligned)
 * </pre>
 *
 * <p>The guest's mxcsr and x87 control words are Java's, which are the defaults WebAssembly asks
 * for: nobody changes them, so nobody saves them.
 */
final class StubCode {
  /** What code that uses up fuel has it in. */
  static final int FUEL = R12;

  /** From GUEST_SP of parked code: the same. */
  static final int PARKED_FUEL = 16;

  /** From GUEST_SP of parked code: its frame pointer. */
  static final int PARKED_FRAME_POINTER = 32;

  /** From GUEST_SP of parked code: where it will continue. */
  static final int PARKED_PC = 40;

  /** Each entry point begins a half of a cache line. */
  static final int ENTRY_ALIGNMENT = 32;

  /** Bytes that are copied or filled between two polls: a fraction of a millisecond. */
  private static final int PIECE = StoreContext.MEMORY_REACH / 2;

  /** Integer registers. */
  private static final int REGISTERS = 16;

  /** Bytes of the call of the trap stub, {@code call [r15 + d32]}. */
  static final int TRAP_CALL_SIZE = 7;

  /** Vector registers that guest code uses, by their lower 16 bytes. */
  private static final int VECTORS = 16;

  private static final int VECTOR_SIZE = 16;

  private final Assembler code = new Assembler();
  private final int threadIdOffset;
  private final int exit = code.label();
  private final int throwException = code.label();
  private final int poll = code.label();
  private final int trapExit = code.label();

  private StubCode(int threadIdOffset) {
    this.threadIdOffset = threadIdOffset;
  }

  /**
   * All stubs.
   *
   * @param threadIdOffset {@link dev.tazza.sys.Os#threadIdOffset}
   * @param copyFunction address of {@code void copy(void *to, const void *from, size_t count)}
   * @param fillFunction address of {@code void fill(void *to, int value, size_t count)}
   * @return an entry for each {@link Stub}
   */
  static AssembledCode assemble(int threadIdOffset, long copyFunction, long fillFunction) {
    StubCode stubs = new StubCode(threadIdOffset);
    Assembler code = stubs.code;
    int copyAddress = code.int64(copyFunction);
    int fillAddress = code.int64(fillFunction);
    int[] entries = new int[Stub.values().length];
    for (Stub stub : Stub.values()) {
      code.align(ENTRY_ALIGNMENT);
      entries[stub.ordinal()] = code.here();
      switch (stub) {
        case ENTER -> stubs.enter(false);
        case ENTER_WIDE -> stubs.enter(true);
        case EXIT -> stubs.exit();
        case THROW -> stubs.throwException();
        case RESUME -> stubs.resume(false);
        case RESUME_THROWING -> stubs.resume(true);
        case TRAP_EXIT -> stubs.trapExit();
        case TRAP -> stubs.trap();
        case POLL -> stubs.poll();
        case OUT_OF_FUEL -> stubs.exitPreservingAll(ExitReason.OUT_OF_FUEL);
        case CROSS -> CrossingCode.write(code);
        case COPY_LONG -> stubs.copy(copyAddress);
        case FILL_LONG -> stubs.fill(fillAddress);
        case ADD_ALL -> stubs.addAll();
      }
    }
    byte[] bytes = code.finish();
    for (int i = 0; i < entries.length; i++) {
      entries[i] = code.offset(entries[i]);
    }
    return new AssembledCode(bytes, entries);
  }

  private void enter(boolean wide) {
    int stopped = code.label();
    pushHostRegisters();
    code.store(8, code.at(RDI, HOST_SP), RSP);
    code.mov(8, R15, RDI);
    code.mov(8, RSP, RCX);
    code.mov(8, R14, RDX);
    code.mov(8, RAX, R8);
    code.mov(8, RCX, R9);
    code.movqToVector(0, R9);
    code.movqToVector(1, R8);
    code.load(8, FUEL, code.at(R15, StoreContext.FUEL));
    code.zero(RBP); // ends the chain of frames
    announce(stopped);
    int start = code.here();
    code.callTo(RSI);
    leaveGuest();
    code.store(8, code.at(R15, StoreContext.FUEL), FUEL);
    if (wide) {
      code.store(8, code.at(R15, StoreContext.value(0)), RAX);
      code.storeq(code.at(R15, StoreContext.value(1)), 0);
      code.zero(RAX); // ExitReason.RETURNED
    }
    code.load(8, RSP, code.at(R15, HOST_SP));
    popHostRegisters();
    code.ret();
    code.bind(stopped);
    code.call(poll);
    code.jmp(start);
  }

  /**
   * Notes which thread runs guest code from here on. Who wants that to stop sets STOP and then
   * looks for the thread, again later if there is none: so one of the two sees the other.
   *
   * @param stopped where to go if it is to stop at once
   */
  private void announce(int stopped) {
    if (threadIdOffset >= 0) {
      code.loadFs(4, RDX, threadIdOffset);
      code.store(4, code.at(R15, HOST_THREAD), RDX);
    }
    code.cmpImm(code.at(R15, STOP), 0);
    code.jcc(Cond.NE, stopped);
  }

  private void leaveGuest() {
    code.storeImm(code.at(R15, HOST_THREAD), 0);
  }

  private void exit() {
    code.bind(exit);
    code.push(RBP);
    code.push(RBX);
    code.push(R12);
    code.push(R13);
    code.push(R14);
    leaveGuest();
    code.store(8, code.at(R15, GUEST_SP), RSP);
    code.load(8, RSP, code.at(R15, HOST_SP));
    code.load(4, RAX, code.at(R15, EXIT_REASON));
    code.shlImm(RAX, Stubs.REASON_SHIFT);
    popHostRegisters();
    code.ret(); // well predicted when guest code came here by jumps alone
  }

  private void throwException() {
    code.bind(throwException);
    ThrowCode.write(code, exit, poll);
  }

  /**
   * @param throwing whether to throw with the return address on the stack, in place of going there
   */
  private void resume(boolean throwing) {
    int stopped = code.label();
    pushHostRegisters();
    code.store(8, code.at(RDI, HOST_SP), RSP);
    code.mov(8, R15, RDI);
    code.mov(8, RSP, RSI);
    code.pop(R14);
    code.pop(R13);
    code.pop(R12);
    code.pop(RBX);
    code.pop(RBP);
    announce(stopped);
    int start = code.here();
    if (throwing) {
      code.jmp(throwException);
    } else {
      code.pop(RCX);
      code.jmpTo(RCX);
    }
    code.bind(stopped);
    code.call(poll);
    code.jmp(start);
  }

  private void trap() {
    for (int register = 0; register < REGISTERS; register++) {
      code.store(8, code.at(R15, StoreContext.TRAP_REGISTERS + 8 * register), register);
    }
    code.pop(RAX);
    code.subImm(RAX, TRAP_CALL_SIZE);
    code.store(8, code.at(R15, StoreContext.TRAP_PC), RAX);
    code.store(8, code.at(R15, StoreContext.TRAP_REGISTERS + 8 * RSP), RSP);
    code.storeImm(code.at(R15, StoreContext.TRAP_SIGNAL), 0);
    code.storeImm(code.at(R15, StoreContext.TRAP_SIGNAL_CODE), 0);
    code.zero(RAX);
    code.store(8, code.at(R15, StoreContext.TRAP_ADDRESS), RAX);
    code.jmp(trapExit);
  }

  private void trapExit() {
    code.bind(trapExit);
    leaveGuest();
    code.load(8, RSP, code.at(R15, HOST_SP));
    code.movImm(RAX, ExitReason.TRAP.code());
    code.shlImm(RAX, Stubs.REASON_SHIFT);
    popHostRegisters();
    code.ret();
  }

  private static final int[] CALLER_SAVED = {RAX, RCX, RDX, RSI, RDI, R8, R9, R10, R11};

  private void poll() {
    code.bind(poll);
    exitPreservingAll(ExitReason.POLL);
  }

  private void exitPreservingAll(ExitReason reason) {
    code.push(RBP);
    code.mov(8, RBP, RSP); // a frame: backtraces pass it
    for (int register : CALLER_SAVED) {
      code.push(register);
    }
    code.subImm(RSP, VECTORS * VECTOR_SIZE);
    for (int vector = 0; vector < VECTORS; vector++) {
      code.storeVector(VECTOR_SIZE, code.at(RSP, VECTOR_SIZE * vector), vector);
    }
    code.mov(8, RAX, RSP); // its alignment is any
    code.andImm(RSP, -16);
    code.push(RAX);
    code.push(RAX);
    code.storeImm(code.at(R15, EXIT_REASON), reason.code());
    code.call(exit);
    code.pop(RAX);
    code.pop(RSP);
    for (int vector = 0; vector < VECTORS; vector++) {
      code.loadVector(VECTOR_SIZE, vector, code.at(RSP, VECTOR_SIZE * vector));
    }
    code.addImm(RSP, VECTORS * VECTOR_SIZE);
    for (int i = CALLER_SAVED.length - 1; i >= 0; i--) {
      code.pop(CALLER_SAVED[i]);
    }
    code.pop(RBP);
    code.ret();
  }

  /**
   * Copies a long block from that end on which the pieces do not overwrite what is still to come.
   */
  private void copy(int function) {
    int downwards = code.label();
    beginPieces(function);
    code.mov(8, RAX, RDI);
    code.sub(RAX, RSI);
    code.cmp(RAX, RDX);
    code.jcc(Cond.B, downwards);
    int up = code.here();
    takePiece();
    code.mov(8, RDI, RBX);
    code.mov(8, RSI, R13);
    code.add(RBX, RDX);
    code.add(R13, RDX);
    endPiece(function, up);
    code.bind(downwards);
    code.loadFence(); // until it is known that the count is right: the end is touched first
    int down = code.here();
    takePiece();
    code.lea(RDI, code.at(RBX, R14, 1, 0));
    code.lea(RSI, code.at(R13, R14, 1, 0));
    endPiece(function, down);
  }

  private void fill(int function) {
    beginPieces(function);
    int up = code.here();
    takePiece();
    code.mov(8, RDI, RBX);
    code.mov(4, RSI, R13);
    code.add(RBX, RDX);
    endPiece(function, up);
  }

  /**
   * Leaves short blocks to the function; else first argument, second, count to rbx, r13, r14: r12
   * has the fuel.
   */
  private void beginPieces(int function) {
    int large = code.label();
    code.movImm(RAX, PIECE);
    code.cmp(RDX, RAX);
    code.jcc(Cond.A, large);
    code.cmov(Cond.A, RDX, RAX); // only where that was guessed wrongly
    code.jmp(code.constant(function));
    code.bind(large);
    code.push(RBP);
    code.mov(8, RBP, RSP);
    code.push(RBX);
    code.push(R14);
    code.push(R13);
    code.push(RAX); // for the alignment
    code.mov(8, RBX, RDI);
    code.mov(8, R13, RSI);
    code.mov(8, R14, RDX);
  }

  /** The next piece's size in rdx; r14 is what is left after it. */
  private void takePiece() {
    code.movImm(RDX, PIECE);
    code.cmp(R14, RDX);
    code.cmov(Cond.B, RDX, R14);
    code.sub(R14, RDX);
  }

  private void endPiece(int function, int next) {
    int goOn = code.label();
    code.call(code.constant(function));
    code.cmpImm(code.at(R15, STOP), 0);
    code.jcc(Cond.E, goOn);
    code.call(poll);
    code.bind(goOn);
    code.test(8, R14, R14);
    code.jcc(Cond.NE, next);
    code.pop(RAX);
    code.pop(R13);
    code.pop(R14);
    code.pop(RBX);
    code.pop(RBP);
    code.ret();
  }

  private void addAll() {
    int next = code.here();
    code.add(code.at(RDI, 0), RCX);
    code.add(RDI, RDX);
    code.dec(8, RSI);
    code.jcc(Cond.NE, next);
    code.ret();
  }

  private void pushHostRegisters() {
    code.push(RBP);
    code.push(RBX);
    code.push(R12);
    code.push(R13);
    code.push(R14);
    code.push(R15);
  }

  private void popHostRegisters() {
    code.pop(R15);
    code.pop(R14);
    code.pop(R13);
    code.pop(R12);
    code.pop(RBX);
    code.pop(RBP);
  }
}
