package dev.tazza.wasm;

/** The input is not a WebAssembly module: its bytes (or its text) break the grammar. */
public non-sealed class MalformedException extends WasmException {

  private static final long serialVersionUID = 1L;

  /**
   * An error without a byte position, for instance in a text whose message names line and column.
   */
  public MalformedException(String message) {
    super(message, NO_OFFSET);
  }

  /** An error at a byte offset from the start of the module. */
  public MalformedException(String message, long offset) {
    super(message, offset);
  }
}
