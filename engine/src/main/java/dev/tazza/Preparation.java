package dev.tazza;

import dev.tazza.sys.CpuFeature;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.vm.call.TrapSignals;

/**
 * What the first engine of a process waits for, done ahead of it: mostly the linking of method
 * handles, which the JVM does anew in every process.
 */
final class Preparation extends Thread {
  private enum Part {
    /** The way to native code, and what it is used for once in a process. */
    CALLS,
    /** Loads from native memory and stores to it. */
    MEMORY
  }

  private static volatile boolean begun;

  private final Part part;

  private Preparation(Part part) {
    super("tazza-prepare");
    this.part = part;
    setDaemon(true);
  }

  static boolean hasBegun() {
    return begun;
  }

  static void begin() {
    begun = true;
    for (Part part : Part.values()) {
      new Preparation(part).start();
    }
  }

  @Override
  public void run() {
    try {
      // Before any class is initialized that could not be: an engine has to meet this as well.
      Os.host();
    } catch (UnsupportedOperationException refused) {
      return; // the engine's constructor says why
    }
    switch (part) {
      case CALLS -> {
        CpuFeature.ofHost();
        TrapSignals.install();
      }
      case MEMORY -> NativeMemory.link();
    }
  }
}
