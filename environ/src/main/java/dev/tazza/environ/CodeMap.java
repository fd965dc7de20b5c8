package dev.tazza.environ;

import org.jspecify.annotations.Nullable;

/**
 * Answers what single pcs of a compiled text mean. Offsets are from its start. {@link CodeTables}
 * has all of it in arrays; what is in an artifact is looked up where it is stored. Thread-safe.
 */
public interface CodeMap {
  /**
   * A call that was replaced by the callee's body.
   *
   * @param function index of the callee
   * @param offset the byte offset in the module that was asked for, or -1
   * @param caller position of the call, less than the one asked for; {@link InlinedCalls#GONE} for
   *     calls that took the place of the function they stood in
   */
  record InlinedCall(int function, int offset, int caller) {}

  /** The piece of code that covers {@code offset}, or null when it is before the first. */
  @Nullable CodeSymbol symbolAt(int offset);

  /** The code of the trap at exactly {@code offset}, or 0 when there is none. */
  int trapAt(int offset);

  /** What a trap at exactly {@code offset} has used up of the fuel in the register. */
  int fuelAt(int offset);

  /**
   * The position of the instruction that covers {@code offset}, or -1. Look up a return address
   * minus one.
   */
  int locAt(int offset);

  /** The call that code at {@code position} was inlined for; null: none, it is a byte offset. */
  @Nullable InlinedCall inlinedAt(int position);

  /** All of it. */
  CodeTables tables();
}
