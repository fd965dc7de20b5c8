package dev.tazza.sys;

import java.lang.foreign.MemorySegment;

/** Says in one clear sentence why native code cannot be used here, if it cannot. */
final class NativeAccess {
  private NativeAccess() {}

  /** Returns when the system is supported and native access is granted. */
  static void require() {
    Systems.host();
    Module module = NativeAccess.class.getModule();
    if (module.isNativeAccessEnabled()) {
      return;
    }
    try {
      // Not granted, but it may still be allowed with a warning. Any restricted method tells.
      MemorySegment.NULL.reinterpret(0);
    } catch (IllegalCallerException denied) {
      throw new UnsupportedOperationException(denialMessage(module), denied);
    }
  }

  static String denialMessage(Module module) {
    String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
    return "Tazza compiles WebAssembly to machine code and the JVM denies it native access; "
        + "start java with --enable-native-access="
        + name;
  }
}
