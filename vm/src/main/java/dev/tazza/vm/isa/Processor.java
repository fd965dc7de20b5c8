package dev.tazza.vm.isa;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.sys.SignalFrame;
import dev.tazza.vm.isa.x64.X64Processor;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the runtime must know of an instruction set: code that is not compiled, frames, faults, what
 * a particular processor can do. Implementations hold no state.
 */
public interface Processor {
  /**
   * The one that this JVM runs on.
   *
   * @throws UnsupportedOperationException when there is no row for it
   */
  static Processor host() {
    return Host.PROCESSOR;
  }

  /** The instruction set's ELF number. */
  int elfMachine();

  /**
   * What the compiler may use beyond the least that is supported, by the names that it has for
   * that, in lower case; found out once, by native calls.
   *
   * @throws UnsupportedOperationException when this processor lacks some of the least
   */
  Set<String> features();

  /**
   * The stubs; an entry for each {@link Stub}.
   *
   * @param threadIdOffset {@link dev.tazza.sys.Os#threadIdOffset}
   * @param copy address of {@code void copy(void *to, const void *from, size_t count)}
   * @param fill address of {@code void fill(void *to, int value, size_t count)}
   */
  AssembledCode stubs(int threadIdOffset, long copy, long fill);

  /**
   * Functions that copy and fill memory faster than the C library's do on this processor; entries:
   * copy, fill. Null when there are none.
   *
   * @param copyLong address of what they leave long copies to
   * @param fillLong the same for fills
   */
  @Nullable AssembledCode bulkMemory(long copyLong, long fillLong);

  /**
   * The handler of faults.
   *
   * @param previousHandlers how many signals may have a handler that was there before
   * @return entries: the handler; the literal with the address of the {@link RangeTable}; those of
   *     the previous handlers by signal, 8 bytes each. All literals are 0.
   */
  AssembledCode trapHandler(SignalFrame frame, int previousHandlers);

  /**
   * The handler, its only entry, of the signal that stops guests.
   *
   * @param previous handler of such signals that are not for guests, or {@code
   *     SignalAction.DEFAULT} or {@code IGNORE}
   */
  AssembledCode stopHandler(SignalFrame frame, StopHandlerAddresses addresses, long previous);

  /** Code of a function in the C convention that does nothing. */
  byte[] emptyFunction();

  /**
   * How debuggers find callers: the contents of a section {@code .debug_frame} of DWARF 4 (section
   * 6.4) for functions with and without frames.
   *
   * @param start address of the text that {@code symbols} are in
   * @param outermost address of code that no caller is looked for of
   * @param size of that code
   */
  byte[] unwindTable(CodeSymbol[] symbols, long start, long outermost, long size);

  /** Number of the stack pointer among the registers of a fault. */
  int stackPointer();

  /**
   * Number of the frame pointer among the registers of a fault. It points to the caller's one;
   * above that is the return address.
   */
  int framePointer();

  /** DWARF's number of the register that points to the frame. */
  int dwarfFrame();

  /** DWARF's number of the register that points to the instance's context. */
  int dwarfContext();

  /** From the stack pointer of code that {@link Stub#EXIT} parked: its frame pointer. */
  int parkedFramePointer();

  /** From the stack pointer of code that {@link Stub#EXIT} parked: the fuel that it has left. */
  int parkedFuel();

  /** Number of the register that has the fuel among the registers of a fault. */
  int fuel();

  /** From the stack pointer of code that {@link Stub#EXIT} parked: where it will continue. */
  int parkedPc();

  /**
   * How far above the stack pointer the return address is, if the function has no frame at {@code
   * pc}; else -1.
   *
   * @param symbol the function's
   * @param start its address
   */
  int returnAddressDepth(long pc, CodeSymbol symbol, long start);

  /**
   * Where the record of a call is in memory (see {@link dev.tazza.environ.CallRecords}), by what
   * stands at its return address; 0 when there is nothing to tell of it.
   */
  long callRecord(long returnAddress);

  /** Whether the instruction is the one by which code traps that relies on faults. */
  boolean isTrap(long pc);

  /** Whether the instruction calls the trap stub. */
  boolean isTrapCall(long pc);

  /**
   * Whether a division divides by zero.
   *
   * @param pc of the instruction, which is one
   * @param registers address of the registers at it, by number
   */
  boolean dividesByZero(long pc, long registers);

  /** Initialization on first use. */
  final class Host {
    /** By {@code os.arch}. */
    private static final Map<String, Supplier<Processor>> TABLE =
        Map.of(
            "amd64", X64Processor::new,
            "x86_64", X64Processor::new);

    private static final Processor PROCESSOR = find();

    private Host() {}

    private static Processor find() {
      String name = System.getProperty("os.arch", "?");
      Supplier<Processor> row = TABLE.get(name);
      if (row == null) {
        throw new UnsupportedOperationException("this processor is not supported: " + name);
      }
      return row.get();
    }
  }
}
