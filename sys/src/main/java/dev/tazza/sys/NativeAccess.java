package dev.tazza.sys;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Says in one clear sentence why native code cannot be used here, if it cannot. */
final class NativeAccess {
  private NativeAccess() {}

  /** Returns when the system is supported and native access is granted. */
  static void require() {
    String os = System.getProperty("os.name", "?");
    String arch = System.getProperty("os.arch", "?");
    requireSupported(os, arch);
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

  static void requireSupported(String os, String arch) {
    boolean linux = os.toLowerCase(Locale.ROOT).startsWith("linux");
    boolean x64 = arch.equals("amd64") || arch.equals("x86_64");
    if (!linux || !x64) {
      throw new UnsupportedOperationException(
          "Tazza runs on Linux on x86-64 so far; this is " + os + " on " + arch);
    }
  }

  static String denialMessage(Module module) {
    String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
    return "Tazza compiles WebAssembly to machine code and the JVM denies it native access; "
        + "start java with --enable-native-access="
        + name;
  }
}
