package dev.tazza.environ;

import org.jspecify.annotations.Nullable;

/**
 * A piece of compiled text.
 *
 * @param givenName for people: the function's name, or what the trampoline is for; null when that
 *     is not known
 * @param functionIndex the wasm function, or -1 for code that the compiler added
 * @param offset from the start of the text
 * @param size in bytes, constants included
 * @param frame bytes of its stack frame below the frame pointer; -1: it makes none, and while it
 *     runs the frame pointer is its caller's and the return address at the stack pointer
 * @param homes displacement from the frame pointer of what the frame keeps for debuggers ({@link
 *     LocalHomes}); 0: nothing
 */
public record CodeSymbol(
    @Nullable String givenName, int functionIndex, int offset, int size, int frame, int homes) {
  /** Whether it makes a stack frame. */
  public boolean hasFrame() {
    return frame >= 0;
  }

  /** The given name, or one that says at least what it is. */
  public String name() {
    if (givenName != null) {
      return givenName;
    }
    return functionIndex < 0 ? "trampoline" : "function[" + functionIndex + "]";
  }
}
