package dev.tazza.vm.instance;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.Signals;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.isa.Processor;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.wasm.TrapCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fault of guest code, as the signal handler left it in a store context.
 *
 * <p>It is a trap only if all agrees: an instruction at that pc may trap, the processor raised the
 * signal that this kind of trap raises, and, for an access, the address is one that a check by
 * hardware relies on: behind the start of a memory of the store, in its reservation or guard, or
 * where null references point. Everything else is code that accesses what is not its own, and a
 * guest must not be able to try that again and again. Code that must not rely on faults calls the
 * trap stub instead, and there is no signal.
 *
 * @param pc of the instruction that faulted
 * @param address that it accessed; for the signals of accesses only
 * @param signal the signal's number, or 0
 * @param signalCode what the kernel says about the cause
 * @param expected what is known to trap at that pc, if anything
 */
public record Fault(
    long pc, long address, int signal, int signalCode, @Nullable TrapCode expected) {
  /** Code called the trap stub. */
  private static final int NO_SIGNAL = 0;

  /** The null references' page: nothing is ever mapped there. */
  private static final long NULL_PAGE = 4096;

  /** Reads what the handler left. */
  static Fault read(long context) {
    long pc = NativeMemory.getLong(context + StoreContext.TRAP_PC);
    return new Fault(
        pc,
        NativeMemory.getLong(context + StoreContext.TRAP_ADDRESS),
        NativeMemory.getInt(context + StoreContext.TRAP_SIGNAL),
        NativeMemory.getInt(context + StoreContext.TRAP_SIGNAL_CODE),
        expected(pc));
  }

  /** The fuel that the guest had left when it came to the instruction that faulted. */
  long fuel(long context) {
    CodeBlock block = CodeRange.process().find(pc);
    int used =
        block != null && block.owner() instanceof MappedCode code
            ? code.codeMap().fuelAt((int) (pc - code.address()))
            : 0;
    long register = StoreContext.TRAP_REGISTERS + 8L * Processor.host().fuel();
    return NativeMemory.getLong(context + register) - used;
  }

  private static @Nullable TrapCode expected(long pc) {
    CodeBlock block = CodeRange.process().find(pc);
    if (block == null || !(block.owner() instanceof MappedCode code)) {
      return null;
    }
    int number = code.codeMap().trapAt((int) (pc - code.address()));
    return number == 0 ? null : TrapCode.of(number);
  }

  /**
   * The trap that the fault stands for; null when it is none.
   *
   * @param context where the fault was read
   * @param memories all of the store
   * @param bySignal whether signals are traps; if not, only calls of the trap stub are
   */
  @Nullable TrapCode trap(long context, List<LinearMemory> memories, boolean bySignal) {
    TrapCode code = expected;
    if (code == null) {
      return null;
    }
    if (bySignal == (signal == NO_SIGNAL) || !agrees(code, memories)) {
      return null;
    }
    return code == TrapCode.INTEGER_DIVISION ? division(context, pc) : code;
  }

  private boolean agrees(TrapCode code, List<LinearMemory> memories) {
    if (signal == NO_SIGNAL) {
      return Processor.host().isTrapCall(pc);
    }
    Signals signals = Os.host().signals();
    if (signal == signals.ill()) {
      return Processor.host().isTrap(pc);
    }
    if (signal == signals.fpe()) {
      return code == TrapCode.INTEGER_DIVISION || code == TrapCode.INTEGER_DIVIDE_BY_ZERO;
    }
    // Other codes, of addresses that are none for instance, come without an address.
    return signals.isAccess(signal, signalCode) && mayFaultAt(code, memories);
  }

  private boolean mayFaultAt(TrapCode code, List<LinearMemory> memories) {
    return switch (code) {
      case MEMORY_OUT_OF_BOUNDS -> {
        for (LinearMemory memory : memories) {
          if (memory.mayFaultAt(address)) {
            yield true;
          }
        }
        yield false;
      }
      case UNINITIALIZED_ELEMENT, NULL_REFERENCE, NULL_FUNCTION_REFERENCE ->
          address >= 0 && address < NULL_PAGE;
      default -> false;
    };
  }

  private static TrapCode division(long context, long pc) {
    boolean zero = Processor.host().dividesByZero(pc, context + StoreContext.TRAP_REGISTERS);
    return zero ? TrapCode.INTEGER_DIVIDE_BY_ZERO : TrapCode.INTEGER_OVERFLOW;
  }

  /** For a report: what happened, and why it is no trap. */
  @Override
  public String toString() {
    TrapCode code = expected;
    String why =
        code == null
            ? "where nothing is known to trap"
            : "where \"%s\" may trap, but not so".formatted(code.message());
    return "signal %d (code %d) at pc 0x%x (address 0x%x), %s"
        .formatted(signal, signalCode, pc, address, why);
  }
}
