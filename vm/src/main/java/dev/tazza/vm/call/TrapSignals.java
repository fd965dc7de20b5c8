package dev.tazza.vm.call;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.Os;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.Signals;
import dev.tazza.vm.code.CodeRange;

/**
 * Installs the handler for faults of guest code, once in a process, for good.
 *
 * <p>The JVM's own handlers stay behind ours: its implicit null checks, stack overflow checks and
 * crash reports work as before. A library that installs handlers later and chains to ours is fine.
 */
public final class TrapSignals {
  private static final int[] FAULTS = {Signals.ILL, Signals.BUS, Signals.FPE, Signals.SEGV};

  private TrapSignals() {}

  /** Makes sure that the handler is installed. */
  public static void install() {
    if (Installed.HANDLER == 0) {
      throw new AssertionError("the signal handler has no address");
    }
  }

  private static final class Installed {
    static final long HANDLER = install();

    private static long install() {
      Os os = Os.host();
      SignalAction[] previous = new SignalAction[SignalHandlerCode.SIGNALS];
      long[] handlers = new long[SignalHandlerCode.SIGNALS];
      for (int signal : FAULTS) {
        previous[signal] = os.signalAction(signal);
        handlers[signal] = previous[signal].handler();
      }
      CodeRange range = CodeRange.process();
      SignalHandlerCode code =
          new SignalHandlerCode(range.low(), range.size(), Stubs.TRAP_EXIT, handlers);
      long handler = CodePage.map(code.bytes()) + code.handlerOffset();
      // What was true for the previous handler stays true when ours passes a signal on.
      long kept = SignalAction.RESTART;
      long flags = SignalAction.WITH_INFO | SignalAction.ON_ALTERNATE_STACK | SignalAction.NO_DEFER;
      for (int signal : FAULTS) {
        SignalAction before = previous[signal];
        os.exchangeSignalAction(
            signal, new SignalAction(handler, flags | (before.flags() & kept), before.mask()));
      }
      return handler;
    }
  }
}
