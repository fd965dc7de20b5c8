package dev.tazza;

import dev.tazza.sys.BulkMemory;
import dev.tazza.sys.Os;
import dev.tazza.vm.call.TrapSignals;

/**
 * The way to native code, and what it is used for once in a process, ahead of the first engine:
 * mostly the linking of method handles, which the JVM does anew in every process.
 */
final class Preparation extends Thread {
  private Preparation() {
    super("tazza-prepare");
    setDaemon(true);
  }

  static void begin() {
    new Preparation().start();
  }

  @Override
  public void run() {
    try {
      // Before any class is initialized that could not be: an engine has to meet this as well.
      Os.host();
    } catch (UnsupportedOperationException refused) {
      return; // the engine's constructor says why
    }
    BulkMemory.copy();
    TrapSignals.install();
  }
}
