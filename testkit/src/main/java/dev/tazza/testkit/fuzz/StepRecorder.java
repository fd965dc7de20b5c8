package dev.tazza.testkit.fuzz;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.R11;
import static dev.tazza.assembler.x64.Registers.R8;
import static dev.tazza.assembler.x64.Registers.R9;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RBP;
import static dev.tazza.assembler.x64.Registers.RCX;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;
import static dev.tazza.assembler.x64.Registers.RSP;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.sys.CodePage;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.SignalFrame;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.isa.Stubs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes down what a thread has in registers and in its frame before each machine instruction of
 * guest code, as a debugger that steps through it would see it. For tests, on Linux and x86-64.
 *
 * <p>Where the stubs enter guest code, or go on with it, the call or jump becomes a breakpoint. The
 * handler of {@code SIGTRAP} does what was there and sets the trap flag, so that the processor
 * raises the signal behind each instruction from there on; when guest code was left for some time,
 * the handler takes the flag away. {@link #close} puts the stubs back. The handler stays.
 *
 * <p>One thread at a time uses it, and there is one at a time.
 */
final class StepRecorder implements AutoCloseable {
  private static final int SIGTRAP = 5;

  // In ucontext_t and what it points to.
  private static final int FLAGS = 40 + 8 * 17;
  private static final int FLOATING_POINT = 40 + 8 * 23;
  private static final int VECTORS_THERE = 160;
  private static final int VECTOR_SIZE = 16;

  private static final int TRAP_FLAG = 1 << 8;
  private static final int REGISTERS = 16;

  /** Longs of the frame below the frame pointer. */
  private static final int FRAME = 128;

  // A record.
  private static final int VECTORS = 8 + 8 * REGISTERS;
  private static final int FRAMES = VECTORS + 8 * REGISTERS;
  private static final int RECORD = FRAMES + 8 * FRAME;

  // What the handler shares with us.
  private static final int CURSOR = 0;
  private static final int END = 8;
  private static final int LOW = 16;
  private static final int SIZE = 24;
  private static final int ACTIVE = 32;
  private static final int OUTSIDE = 40;
  private static final int STUBS = 48;
  private static final int STUBS_SIZE = 56;
  private static final int CONTROL_SIZE = 4096;

  /** Steps outside of guest code, one after the other, until it counts as left. */
  private static final int LEFT = 300;

  // Machine code of the stubs.
  private static final byte[] CALL_RSI = {(byte) 0xFF, (byte) 0xD6};
  private static final byte[] POP_RCX_JMP_RCX = {0x59, (byte) 0xFF, (byte) 0xE1};
  private static final int BREAKPOINT = 0xCC;
  private static final int JMP_RCX_END = 0xE1;

  /** {@code si_code} of a step. */
  private static final int TRAP_TRACE = 2;

  /** The most steps. */
  private static final int MOST = 20_000;

  /** By the numbers that debuggers have for registers: those of machine code. */
  private static final int[] BY_DEBUGGERS_NUMBER = {0, 2, 1, 3, 6, 7, 5, 4};

  private static final int FIRST_VECTOR = 17;

  private static final long CONTROL = install();
  private static final long START = CONTROL + CONTROL_SIZE;

  /** Where breakpoints are, and what was there. */
  private final Map<Long, Integer> breakpoints = new HashMap<>();

  /**
   * Puts breakpoints into the stubs.
   *
   * @throws IOException when the system does not allow it
   */
  StepRecorder() throws IOException {
    byte[] stubs = new byte[Stubs.size()];
    for (int i = 0; i < stubs.length; i++) {
      stubs[i] = NativeMemory.getByte(Stubs.start() + i);
    }
    for (int i = 0; i < stubs.length - 2; i++) {
      if (Arrays.equals(stubs, i, i + 2, CALL_RSI, 0, 2)) {
        breakpoints.put(Stubs.start() + i, stubs[i] & 0xFF);
      } else if (Arrays.equals(stubs, i, i + 3, POP_RCX_JMP_RCX, 0, 3)) {
        breakpoints.put(Stubs.start() + i + 1, stubs[i + 1] & 0xFF);
      }
    }
    for (long address : breakpoints.keySet()) {
      write(address, BREAKPOINT);
    }
  }

  @Override
  public void close() throws IOException {
    for (Map.Entry<Long, Integer> breakpoint : breakpoints.entrySet()) {
      write(breakpoint.getKey(), breakpoint.getValue());
    }
  }

  /** Other threads may be in the page, so it has to stay executable: the system writes. */
  private static void write(long address, int value) throws IOException {
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "rw")) {
      memory.seek(address);
      memory.write(value);
    }
  }

  private static long install() {
    Os os = Os.host();
    long control = os.allocate(os.roundToPages(CONTROL_SIZE + (long) RECORD * MOST));
    CodeRange range = CodeRange.process();
    NativeMemory.putLong(control + END, control + CONTROL_SIZE + (long) RECORD * MOST);
    NativeMemory.putLong(control + LOW, range.low());
    NativeMemory.putLong(control + SIZE, range.size());
    NativeMemory.putLong(control + STUBS, Stubs.start());
    NativeMemory.putLong(control + STUBS_SIZE, Stubs.size());
    long handler = CodePage.map(handler(os.signalFrame(), control));
    long flags = SignalAction.WITH_INFO | SignalAction.RESTART;
    os.exchangeSignalAction(SIGTRAP, new SignalAction(handler, flags, 0));
    return control;
  }

  private static byte[] handler(SignalFrame frame, long controlAddress) {
    Assembler code = new Assembler();
    int breakpoint = code.label();
    int outside = code.label();
    int over = code.label();
    int done = code.label();
    code.movImm(R10, controlAddress);
    code.load(8, R9, code.at(RDX, frame.pc()));
    code.cmpImm(code.at(RSI, frame.info().code()), TRAP_TRACE);
    code.jcc(Cond.NE, breakpoint);
    code.cmpImm(code.at(R10, ACTIVE), 0);
    code.jcc(Cond.E, over);
    code.mov(8, RAX, R9);
    code.sub(RAX, code.at(R10, LOW));
    code.cmp(8, RAX, code.at(R10, SIZE));
    code.jcc(Cond.AE, outside);
    code.storeImm(code.at(R10, OUTSIDE), 0);
    code.load(8, R8, code.at(R10, CURSOR));
    code.lea(RAX, code.at(R8, RECORD));
    code.cmp(8, RAX, code.at(R10, END));
    code.jcc(Cond.A, done);
    code.store(8, code.at(R10, CURSOR), RAX);
    code.store(8, code.at(R8, 0), R9);
    for (int register = 0; register < REGISTERS; register++) {
      code.load(8, RAX, code.at(RDX, frame.registers()[register]));
      code.store(8, code.at(R8, 8 + 8 * register), RAX);
    }
    code.load(8, R11, code.at(RDX, FLOATING_POINT));
    for (int vector = 0; vector < REGISTERS; vector++) {
      code.load(8, RAX, code.at(R11, VECTORS_THERE + VECTOR_SIZE * vector));
      code.store(8, code.at(R8, VECTORS + 8 * vector), RAX);
    }
    code.load(8, RCX, code.at(RDX, frame.registers()[RBP]));
    code.test(8, RCX, RCX);
    code.jcc(Cond.E, done);
    for (int i = 1; i <= FRAME; i++) {
      code.load(8, RAX, code.at(RCX, -8 * i));
      code.store(8, code.at(R8, FRAMES + 8 * (FRAME - i)), RAX);
    }
    code.bind(done);
    code.ret();
    code.bind(outside);
    code.load(4, RAX, code.at(R10, OUTSIDE));
    code.addImm(RAX, 1);
    code.store(4, code.at(R10, OUTSIDE), RAX);
    code.cmpImm(8, RAX, LEFT);
    code.jcc(Cond.B, done);
    code.bind(over);
    code.load(8, RAX, code.at(RDX, FLAGS));
    code.andImm(RAX, ~TRAP_FLAG);
    code.store(8, code.at(RDX, FLAGS), RAX);
    code.ret();
    code.bind(breakpoint);
    breakpoint(code, frame);
    return code.finish();
  }

  /** Behind a breakpoint in r9: does what was there, and begins to step if that is wanted. */
  private static void breakpoint(Assembler code, SignalFrame frame) {
    int jump = code.label();
    int start = code.label();
    int done = code.label();
    int[] registers = frame.registers();
    code.mov(8, RAX, R9);
    code.sub(RAX, code.at(R10, STUBS));
    code.cmp(8, RAX, code.at(R10, STUBS_SIZE));
    code.jcc(Cond.AE, done);
    code.load(1, RAX, code.at(R9, 0));
    code.cmpImm(8, RAX, JMP_RCX_END);
    code.jcc(Cond.E, jump);
    code.load(8, RCX, code.at(RDX, registers[RSP]));
    code.addImm(RCX, -8);
    code.store(8, code.at(RDX, registers[RSP]), RCX);
    code.lea(RAX, code.at(R9, 1));
    code.store(8, code.at(RCX, 0), RAX);
    code.load(8, RAX, code.at(RDX, registers[RSI]));
    code.jmp(start);
    code.bind(jump);
    code.load(8, RAX, code.at(RDX, registers[RCX]));
    code.bind(start);
    code.store(8, code.at(RDX, frame.pc()), RAX);
    code.cmpImm(code.at(R10, ACTIVE), 0);
    code.jcc(Cond.E, done);
    code.storeImm(code.at(R10, OUTSIDE), 0);
    code.load(8, RAX, code.at(RDX, FLAGS));
    code.testImm(RAX, TRAP_FLAG);
    code.jcc(Cond.NE, done);
    code.addImm(RAX, TRAP_FLAG);
    code.store(8, code.at(RDX, FLAGS), RAX);
    code.bind(done);
    code.ret();
  }

  /** Records what guests of the calling thread do from here on, in place of what there was. */
  static void begin() {
    NativeMemory.putLong(CONTROL + CURSOR, START);
    NativeMemory.putLong(CONTROL + ACTIVE, 1);
  }

  /** Ends it. */
  static void end() {
    NativeMemory.putLong(CONTROL + ACTIVE, 0);
  }

  /** How many steps there are. */
  static int count() {
    return (int) ((NativeMemory.getLong(CONTROL + CURSOR) - START) / RECORD);
  }

  /** Whether there was no place for more. */
  static boolean isFull() {
    return count() == MOST;
  }

  /** Where the instruction is. */
  static long pc(int step) {
    return NativeMemory.getLong(START + (long) RECORD * step);
  }

  /**
   * What a register has, of vectors the lower half.
   *
   * @param number as debuggers know it
   */
  static long register(int step, int number) {
    if (number >= FIRST_VECTOR) {
      return word(step, VECTORS + 8 * (number - FIRST_VECTOR));
    }
    boolean isOld = number < BY_DEBUGGERS_NUMBER.length;
    return word(step, 8 + 8 * (isOld ? BY_DEBUGGERS_NUMBER[number] : number));
  }

  /** Whether so much below the frame pointer was recorded. */
  static boolean hasFrame(int displacement) {
    return displacement < 0 && displacement >= -8 * FRAME;
  }

  /** What is in the frame at a displacement from the frame pointer. */
  static long frame(int step, int displacement) {
    return word(step, FRAMES + 8 * FRAME + displacement);
  }

  private static long word(int step, int offset) {
    return NativeMemory.getLong(START + (long) RECORD * step + offset);
  }
}
