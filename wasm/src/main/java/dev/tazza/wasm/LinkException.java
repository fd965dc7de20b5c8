package dev.tazza.wasm;

/** A module cannot be instantiated because an import is missing or has another type. */
public final class LinkException extends WasmException {

  private static final long serialVersionUID = 1L;

  public LinkException(String message) {
    super(message, NO_OFFSET);
  }
}
