package dev.tazza.wasm.dwarf;

/** Debug information is not as the standard says. Ends in this package. */
final class DwarfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DwarfException(String message) {
    super(message, null, false, false);
  }
}
