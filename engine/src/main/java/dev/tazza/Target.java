package dev.tazza;

import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.machine.Isa;
import java.util.List;
import java.util.Map;

/** The table of what can be compiled for, and the names of it. */
final class Target {
  /** By {@code os.arch}, and by the first part of a triple. */
  private static final Map<String, Isa<?>> TABLE =
      Map.of("amd64", X64Isa.INSTANCE, "x86_64", X64Isa.INSTANCE);

  /** The only system; in a triple without a vendor it is the second part. */
  private static final String SYSTEM = "linux";

  private static final String EXAMPLE = "x86_64-unknown-linux-gnu";
  private static final int MOST_PARTS = 4;

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

  /**
   * Checks that {@code triple} names what can be compiled for.
   *
   * @throws IllegalArgumentException when it is no triple
   * @throws UnsupportedOperationException when it is one of something else
   */
  static void require(String triple) {
    List<String> parts = List.of(triple.split("-", -1));
    if (parts.size() < 2 || parts.size() > MOST_PARTS || parts.contains("")) {
      throw new IllegalArgumentException(
          "target: expected a triple such as %s but was '%s'".formatted(EXAMPLE, triple));
    }
    boolean isKnown =
        TABLE.containsKey(parts.getFirst())
            && (parts.get(1).equals(SYSTEM) || parts.size() > 2 && parts.get(2).equals(SYSTEM));
    if (!isKnown) {
      throw new UnsupportedOperationException(
          "target %s: code is made for x86-64 with Linux (%s) so far".formatted(triple, EXAMPLE));
    }
  }
}
