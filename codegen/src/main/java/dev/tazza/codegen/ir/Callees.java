package dev.tazza.codegen.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the functions that calls go to. Answers depend on the arguments only, and any
 * thread may ask.
 */
@FunctionalInterface
public interface Callees {
  /** The function called {@code symbol} if calls of it may be replaced by its body, else null. */
  @Nullable Callee find(long symbol);

  /** Whether no exception ever comes out of the function called {@code symbol}. */
  default boolean throwsNothing(long symbol) {
    return false;
  }

  /** Whether two tags, different ones, can never be the same. */
  default boolean areApart(int tag, int other) {
    return false;
  }

  /**
   * The functions that calls by reference with this signature most probably reach, if they are few
   * and {@link #find} knows them all; otherwise none.
   */
  default List<Guess> guesses(Signature signature) {
    return List.of();
  }

  /**
   * A function that a call by reference may reach. It does if the reference is the caller's context
   * plus {@code reference}.
   */
  record Guess(long symbol, long reference) {}
}
