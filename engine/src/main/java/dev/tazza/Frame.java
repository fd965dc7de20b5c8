package dev.tazza;

import org.jspecify.annotations.Nullable;

/**
 * A guest function on the stack.
 *
 * @param moduleName the module's name, or {@code <unnamed>}
 * @param functionIndex index of the function in its module
 * @param functionName its name if known
 * @param offset byte offset of the instruction in the module's binary, -1 when unknown
 */
public record Frame(
    String moduleName, int functionIndex, @Nullable String functionName, long offset) {

  /** The function's name, or one made of its index. */
  public String displayName() {
    return functionName == null ? "<wasm function " + functionIndex + ">" : functionName;
  }

  StackTraceElement toStackTraceElement() {
    String place = offset < 0 ? "wasm" : "wasm:0x" + Long.toHexString(offset);
    return new StackTraceElement(moduleName, displayName(), place, -1);
  }

  /** In the form {@code name (module, 0x12a)}. */
  @Override
  public String toString() {
    String place = offset < 0 ? "" : ", 0x" + Long.toHexString(offset);
    return displayName() + " (" + moduleName + place + ")";
  }
}
