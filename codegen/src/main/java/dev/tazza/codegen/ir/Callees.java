package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the functions that direct calls go to. Answers depend on the symbol only, and
 * any thread may ask.
 */
@FunctionalInterface
public interface Callees {
  /** Nothing is known. */
  Callees UNKNOWN = symbol -> null;

  /** The function called {@code symbol} if calls of it may be replaced by its body, else null. */
  @Nullable Callee find(long symbol);
}
