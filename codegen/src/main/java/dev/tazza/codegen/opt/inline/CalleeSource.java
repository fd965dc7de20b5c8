package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Signature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client tells of the functions that direct calls go to: facts only, for {@link
 * InlinePolicy} decides. Functions are numbered from 0, by their symbols; symbols from {@link
 * #functionCount} on are of something else. Answers depend on the arguments only, and any thread
 * may ask.
 */
public interface CalleeSource {
  /** Nothing is known. */
  CalleeSource NONE =
      new CalleeSource() {
        @Override
        public int functionCount() {
          return 0;
        }

        @Override
        public boolean hasBody(int symbol) {
          return false;
        }

        @Override
        public int start(int symbol) {
          throw new IllegalArgumentException("no function " + symbol);
        }

        @Override
        public int end(int symbol) {
          throw new IllegalArgumentException("no function " + symbol);
        }

        @Override
        public @Nullable Function make(int symbol) {
          throw new IllegalArgumentException("no function " + symbol);
        }
      };

  /**
   * A function that calls by reference may reach. They do if the reference is the caller's context
   * plus {@code distance}.
   */
  record Reference(int symbol, long distance, Signature signature) {}

  /** How many functions there are. */
  int functionCount();

  /** Whether {@link #make} can make it, and its positions are known. */
  boolean hasBody(int symbol);

  /** The first of its source positions; how many there are is taken for its length. */
  int start(int symbol);

  /** One above the last of its source positions. */
  int end(int symbol);

  /** At most how many 64-bit products it computes. */
  default int products(int symbol) {
    return 0;
  }

  /**
   * A function as it is before all passes, a new one for each call, or null if it is much larger
   * than its length lets expect.
   */
  @Nullable Function make(int symbol);

  /** Whether anything but direct calls may reach it. */
  default boolean isReferenced(int symbol) {
    return true;
  }

  /**
   * The functions that most calls by reference reach, as far as that is known, by ascending symbol.
   */
  default List<Reference> references() {
    return List.of();
  }

  /** Whether no exception ever comes out of what is called {@code symbol}. */
  default boolean throwsNothing(long symbol) {
    return false;
  }

  /** Whether two tags, different ones, can never be the same. */
  default boolean areApart(int tag, int other) {
    return false;
  }
}
