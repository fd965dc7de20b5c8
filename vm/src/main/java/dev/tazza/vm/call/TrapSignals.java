package dev.tazza.vm.call;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.Os;
import dev.tazza.sys.ProcessShared;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.Signals;
import dev.tazza.sys.Unloading;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.Processor;
import dev.tazza.vm.isa.RangeTable;
import dev.tazza.vm.isa.Stubs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Installs the handler for faults of guest code, once in a process, for good: all copies of this
 * library in it share the handler. Where no engine wants it there is none.
 *
 * <p>The JVM's own handlers stay behind ours: its implicit null checks, stack overflow checks and
 * crash reports work as before. A library that installs handlers later and chains to ours is fine.
 */
public final class TrapSignals {
  /** Signal numbers below this may have a previous handler on record. */
  private static final int SIGNALS = 16;

  private TrapSignals() {}

  /** Makes sure that the handler is installed. */
  public static void install() {
    if (Installed.HANDLER == 0) {
      throw new IllegalStateException("there is no handler");
    }
  }

  /** Makes sure that code of this copy can run which needs no handler. */
  public static void prepare() {
    ranges();
  }

  /** Where the handlers look up what guest code is. */
  static RangeTable ranges() {
    return Ranges.TABLE;
  }

  /** The handler of this version; the literals of a process are not in there yet. */
  private static AssembledCode code() {
    return Processor.host().trapHandler(Os.host().signalFrame(), SIGNALS);
  }

  private static final class Ranges {
    static final String NAME = ProcessShared.name("traps", code().bytes());
    static final RangeTable TABLE = add();

    /** Adds this copy's range to the table. */
    private static RangeTable add() {
      CodeRange range = CodeRange.process();
      long trapExit = Stubs.TRAP_EXIT;
      RangeTable table;
      long entry;
      synchronized (ProcessShared.lock()) {
        table = new RangeTable(ProcessShared.find(NAME));
        entry = table.address() == 0 ? 0 : table.add(range.low(), range.size(), trapExit);
        if (entry == 0) {
          table = RangeTable.allocate();
          entry = table.add(range.low(), range.size(), trapExit);
          ProcessShared.set(NAME, table.address());
        }
      }
      if (Unloading.isPossible()) {
        int size = RangeTable.ENTRY_SIZE;
        Unloading.zeroAndUnmap(range, entry, size, range.low(), range.size());
      }
      return table;
    }
  }

  private static final class Installed {
    /** Its address. */
    static final long HANDLER = install();

    private static long install() {
      RangeTable table = ranges();
      // A table that was full has a handler of its own.
      String name = Ranges.NAME + "-" + table.address();
      synchronized (ProcessShared.lock()) {
        long handler = ProcessShared.find(name);
        if (handler == 0) {
          handler = installHandler(table);
          ProcessShared.set(name, handler);
        }
        return handler;
      }
    }

    private static long installHandler(RangeTable table) {
      AssembledCode code = code();
      Os os = Os.host();
      SignalAction[] previous = new SignalAction[SIGNALS];
      long[] handlers = new long[SIGNALS];
      Signals signals = os.signals();
      int[] faults = {signals.ill(), signals.bus(), signals.fpe(), signals.segv()};
      for (int signal : faults) {
        previous[signal] = os.signalAction(signal);
        handlers[signal] = previous[signal].handler();
      }
      long handler = CodePage.map(withLiterals(code, table, handlers)) + code.entries()[0];
      // What was true for the previous handler stays true when ours passes a signal on.
      long kept = SignalAction.RESTART;
      long flags = SignalAction.WITH_INFO | SignalAction.ON_ALTERNATE_STACK | SignalAction.NO_DEFER;
      for (int signal : faults) {
        SignalAction before = previous[signal];
        os.exchangeSignalAction(
            signal, new SignalAction(handler, flags | (before.flags() & kept), before.mask()));
      }
      return handler;
    }

    private static byte[] withLiterals(AssembledCode code, RangeTable table, long[] handlers) {
      byte[] bytes = code.bytes().clone();
      ByteBuffer literals = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
      literals.putLong(code.entries()[1], table.address());
      for (int signal = 0; signal < SIGNALS; signal++) {
        literals.putLong(code.entries()[2] + Long.BYTES * signal, handlers[signal]);
      }
      return bytes;
    }
  }
}
