package dev.tazza.vm.instance;

import dev.tazza.vm.call.Backtrace;
import dev.tazza.wasm.TrapCode;

/** Makes the exceptions that leave guest code; the public API's types are above this layer. */
public interface TrapFactory {
  /** Guest code trapped. */
  default RuntimeException trap(VmStore store, TrapCode code, Backtrace backtrace) {
    return trap(store, code, code.message(), backtrace);
  }

  /** The same with a message that tells more than the code does. */
  RuntimeException trap(VmStore store, TrapCode code, String message, Backtrace backtrace);

  /** Guest code faulted in a way that is no trap: a bug of the compiler. */
  RuntimeException wildFault(Fault fault, Backtrace backtrace);

  /**
   * A host function threw {@code thrown}, called by the frames of {@code backtrace}. Returns what
   * shall surface.
   */
  Throwable hostException(Throwable thrown, Backtrace backtrace);
}
