package dev.tazza.vm.call;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;

/** A trap as the tests see it: what the signal handler recorded. */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  final int signal;
  final long pc;
  final long address;
  final long[] registers = new long[16];
  final transient Backtrace backtrace;

  Fault(CallLoop loop) {
    super("fault", null, false, false);
    long context = loop.context();
    signal = NativeMemory.getInt(context + StoreContext.TRAP_SIGNAL);
    pc = NativeMemory.getLong(context + StoreContext.TRAP_PC);
    address = NativeMemory.getLong(context + StoreContext.TRAP_ADDRESS);
    for (int i = 0; i < 16; i++) {
      registers[i] = NativeMemory.getLong(context + StoreContext.TRAP_REGISTERS + 8L * i);
    }
    backtrace = loop.backtrace(10_000);
  }
}
