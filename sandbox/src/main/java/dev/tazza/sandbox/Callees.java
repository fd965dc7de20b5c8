package dev.tazza.sandbox;

import dev.tazza.environ.ExitReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What stands where in a text, for direct calls. */
final class Callees {
  static final int NONE = Integer.MIN_VALUE;

  private static final ExitReason[] REASONS = ExitReason.values();

  private final int[] offsets;

  /** By offset: a function's index, or an exit reason's number inverted. */
  private final int[] functions;

  private final @Nullable Role[] builtins = new Role[REASONS.length];

  /** Offset, in the text, of the function that is verified. */
  private int from;

  /**
   * @param offsets of the pieces, ascending
   * @param functions what they are: see {@link #at}
   */
  Callees(int[] offsets, int[] functions) {
    this.offsets = offsets;
    this.functions = functions;
    for (ExitReason reason : REASONS) {
      builtins[reason.ordinal()] = Role.builtin(reason);
    }
  }

  /** The same for another thread. */
  Callees copy() {
    return new Callees(offsets, functions);
  }

  static int builtinOf(ExitReason reason) {
    return ~reason.ordinal();
  }

  void start(int offset) {
    from = offset;
  }

  /** What stands at an offset from the function's start: a function, a builtin or {@link #NONE}. */
  int at(long distance) {
    long offset = from + distance;
    int at =
        offset < 0 || offset > Integer.MAX_VALUE ? -1 : Arrays.binarySearch(offsets, (int) offset);
    return at < 0 ? NONE : functions[at];
  }

  boolean isBuiltin(int callee) {
    return callee < 0;
  }

  Role builtin(int callee) {
    Role role = builtins[~callee];
    if (role == null) {
      throw new IllegalStateException("no builtin for " + REASONS[~callee]);
    }
    return role;
  }
}
