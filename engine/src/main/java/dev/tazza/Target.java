package dev.tazza;

import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.machine.Isa;
import java.util.Map;

/** The table of the instruction sets that can be compiled for. */
final class Target {
  /** By {@code os.arch}. */
  private static final Map<String, Isa<?>> TABLE =
      Map.of("amd64", X64Isa.INSTANCE, "x86_64", X64Isa.INSTANCE);

  private Target() {}

  /**
   * That of this machine.
   *
   * @throws UnsupportedOperationException when there is no row for it
   */
  static Isa<?> host() {
    String name = System.getProperty("os.arch", "?");
    Isa<?> isa = TABLE.get(name);
    if (isa == null) {
      throw new UnsupportedOperationException("Tazza compiles for x86-64 so far; this is " + name);
    }
    return isa;
  }
}
