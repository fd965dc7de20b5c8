package dev.tazza.vm.call;

import dev.tazza.sys.BulkMemory;
import dev.tazza.sys.CodePage;
import dev.tazza.sys.Os;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.Signals;
import dev.tazza.vm.code.CodeRange;

/**
 * Installs the handler of the signal by which guest code is stopped, once in a process, for good.
 * The signal is one that neither the JVM nor, usually, anybody else uses; other occurrences of it
 * go to the handler that was there before.
 */
public final class StopSignals {
  private StopSignals() {}

  /**
   * Makes sure that the handler is installed.
   *
   * @return whether guests can be stopped by signals: it must be known where the C library keeps
   *     the ids of threads
   */
  public static boolean install() {
    return Installed.HANDLER != 0;
  }

  private static final class Installed {
    static final long HANDLER = Os.host().threadIdOffset() < 0 ? 0 : install();

    private static long install() {
      Os os = Os.host();
      SignalAction previous = os.signalAction(Signals.URGENT);
      CodeRange range = CodeRange.process();
      StopHandlerCode code =
          new StopHandlerCode(
              new StopHandlerCode.Range(range.low(), range.size()),
              new StopHandlerCode.Range(BulkMemory.codeStart(), BulkMemory.codeSize()),
              Stubs.EXIT,
              previous.handler());
      long handler = CodePage.map(code.bytes()) + code.handlerOffset();
      // On the guest's stack, whatever others the thread has: it may be left there.
      long flags = SignalAction.WITH_INFO | SignalAction.RESTART | SignalAction.NO_DEFER;
      os.exchangeSignalAction(Signals.URGENT, new SignalAction(handler, flags, previous.mask()));
      return handler;
    }
  }
}
