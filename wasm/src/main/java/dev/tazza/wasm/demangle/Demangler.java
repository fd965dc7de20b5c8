package dev.tazza.wasm.demangle;

import org.jspecify.annotations.Nullable;

/** Names of functions for people. Thread-safe. */
public final class Demangler {
  /** Characters of a name that is shown; longer ones are cut. */
  private static final int MOST_CHARACTERS = 2000;

  /** A name that gets longer is given up. */
  static final int MOST_DEMANGLED = 1 << 14;

  /** Longer names are not tried. */
  private static final int MOST_MANGLED = 1 << 14;

  private Demangler() {}

  /**
   * The name as it stands in the source, if {@code name} is a mangled name of Rust (legacy or v0)
   * or C++ (the Itanium ABI); otherwise the name itself. At most 2000 characters, of which none
   * moves the cursor of a terminal, ends a line or changes the direction of writing: such ones are
   * written as <code>\&#117;{…}</code>.
   */
  public static String display(String name) {
    return Printable.of(demangle(name), MOST_CHARACTERS);
  }

  /** Other text from a module, which is no name, bounded and with escapes in the same way. */
  public static String printable(String text) {
    return Printable.of(text, MOST_CHARACTERS);
  }

  /** The name in the source, as it is, or {@code name} when it is not known how to get at it. */
  static String demangle(String name) {
    if (name.length() > MOST_MANGLED) {
      return name;
    }
    try {
      String found = mangled(name);
      return found == null ? name : found;
    } catch (NotMangledException e) {
      return name;
    }
  }

  private static @Nullable String mangled(String name) {
    // Some linkers put one underscore more in front.
    String symbol = name.startsWith("__Z") || name.startsWith("__R") ? name.substring(1) : name;
    if (symbol.startsWith("_R")) {
      return RustV0.demangle(symbol);
    }
    if (symbol.startsWith("_Z")) {
      String rust = RustLegacy.demangle(symbol);
      return rust != null ? rust : CxxSymbol.demangle(symbol);
    }
    return null;
  }
}
