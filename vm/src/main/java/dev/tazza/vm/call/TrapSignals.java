package dev.tazza.vm.call;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.Os;
import dev.tazza.sys.ProcessShared;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.Signals;
import dev.tazza.sys.Unloading;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.isa.RangeTable;
import dev.tazza.vm.isa.x64.SignalHandlerCode;

/**
 * Installs the handler for faults of guest code, once in a process, for good: all copies of this
 * library in it share the handler.
 *
 * <p>The JVM's own handlers stay behind ours: its implicit null checks, stack overflow checks and
 * crash reports work as before. A library that installs handlers later and chains to ours is fine.
 */
public final class TrapSignals {
  private static final int[] FAULTS = {Signals.ILL, Signals.BUS, Signals.FPE, Signals.SEGV};

  private TrapSignals() {}

  /** Makes sure that the handler is installed. */
  public static void install() {
    ranges();
  }

  /** Where the handler looks up what guest code is. */
  static RangeTable ranges() {
    return Installed.TABLE;
  }

  private static final class Installed {
    static final RangeTable TABLE = install();

    /** Adds this copy's range to the table. */
    private static RangeTable install() {
      CodeRange range = CodeRange.process();
      long trapExit = Stubs.TRAP_EXIT;
      SignalHandlerCode code = new SignalHandlerCode();
      String name = ProcessShared.name("traps", code.version());
      RangeTable table;
      long entry;
      synchronized (ProcessShared.lock()) {
        table = new RangeTable(ProcessShared.find(name));
        entry = table.address() == 0 ? 0 : table.add(range.low(), range.size(), trapExit);
        if (entry == 0) {
          table = RangeTable.allocate();
          entry = table.add(range.low(), range.size(), trapExit);
          installHandler(code, table);
          ProcessShared.set(name, table.address());
        }
      }
      if (Unloading.isPossible()) {
        int size = RangeTable.ENTRY_SIZE;
        Unloading.zeroAndUnmap(range, entry, size, range.low(), range.size());
      }
      return table;
    }

    private static void installHandler(SignalHandlerCode code, RangeTable table) {
      Os os = Os.host();
      SignalAction[] previous = new SignalAction[SignalHandlerCode.SIGNALS];
      long[] handlers = new long[SignalHandlerCode.SIGNALS];
      for (int signal : FAULTS) {
        previous[signal] = os.signalAction(signal);
        handlers[signal] = previous[signal].handler();
      }
      long handler = CodePage.map(code.bytes(table.address(), handlers)) + code.handlerOffset();
      // What was true for the previous handler stays true when ours passes a signal on.
      long kept = SignalAction.RESTART;
      long flags = SignalAction.WITH_INFO | SignalAction.ON_ALTERNATE_STACK | SignalAction.NO_DEFER;
      for (int signal : FAULTS) {
        SignalAction before = previous[signal];
        os.exchangeSignalAction(
            signal, new SignalAction(handler, flags | (before.flags() & kept), before.mask()));
      }
    }
  }
}
