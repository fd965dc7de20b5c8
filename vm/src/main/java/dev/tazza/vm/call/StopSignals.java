package dev.tazza.vm.call;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.Os;
import dev.tazza.sys.ProcessShared;
import dev.tazza.sys.SignalAction;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.Processor;
import dev.tazza.vm.isa.StopHandlerAddresses;
import dev.tazza.vm.isa.Stubs;

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
    return Installed.DONE;
  }

  private static final class Installed {
    static final boolean DONE = Os.host().threadIdOffset() >= 0 && install();

    /** One handler serves all copies of this library that have its code. */
    private static boolean install() {
      String name = ProcessShared.name("stops", code(SignalAction.DEFAULT).bytes());
      synchronized (ProcessShared.lock()) {
        if (ProcessShared.find(name) == 0) {
          ProcessShared.set(name, installHandler());
        }
      }
      return true;
    }

    private static AssembledCode code(long previous) {
      long ranges = TrapSignals.ranges().address();
      return Processor.host()
          .stopHandler(
              Os.host().signalFrame(),
              new StopHandlerAddresses(ranges, Stubs.BULK_START, Stubs.BULK_SIZE, Stubs.EXIT),
              previous);
    }

    private static long installHandler() {
      Os os = Os.host();
      SignalAction previous = os.signalAction(os.signals().urgent());
      AssembledCode code = code(previous.handler());
      long handler = CodePage.map(code.bytes()) + code.entries()[0];
      // On the guest's stack, whatever others the thread has: it may be left there.
      long flags = SignalAction.WITH_INFO | SignalAction.RESTART | SignalAction.NO_DEFER;
      os.exchangeSignalAction(
          os.signals().urgent(), new SignalAction(handler, flags, previous.mask()));
      return handler;
    }
  }
}
