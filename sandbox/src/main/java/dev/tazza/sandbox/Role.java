package dev.tazza.sandbox;

import dev.tazza.environ.ExitReason;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TypeCode;
import org.jspecify.annotations.Nullable;

/**
 * What a piece of code is for: what it can rely on, what it has to leave behind, and what only such
 * code may do.
 *
 * @param convention that of the function itself; of an entry, that of the function which it calls
 * @param reason of an exit, else null
 */
record Role(Job job, Convention convention, @Nullable ExitReason reason) {
  enum Job {
    /** A function of the module; its context is the instance. */
    FUNCTION,
    /** Exits to the runtime on behalf of the instance, its context. */
    BUILTIN,
    /** Exits to a host function; the context is the host function's. */
    HOST_CALL,
    /** Calls the function that it is given, with what is in the value slots. */
    ENTRY,
    /** Calls the function that its context, a pair of code and context, says. */
    IMPORTED
  }

  private static final int[] NONE = {};
  private static final int I32 = TypeCode.I32;
  private static final int I64 = TypeCode.I64;

  boolean exits() {
    return reason != null;
  }

  static Role function(Convention convention) {
    return new Role(Job.FUNCTION, convention, null);
  }

  static Role hostCall(FuncType type) {
    return new Role(Job.HOST_CALL, Convention.of(type), ExitReason.HOST_CALL);
  }

  static Role entry(FuncType type) {
    return new Role(Job.ENTRY, Convention.of(type), null);
  }

  static Role imported(FuncType type) {
    return new Role(Job.IMPORTED, Convention.of(type), null);
  }

  /** The code behind calls of the runtime for {@code reason}; null if there is none. */
  static @Nullable Role builtin(ExitReason reason) {
    int[] params =
        switch (reason) {
          case MEMORY_GROW -> new int[] {I32, I64};
          case MEMORY_INIT -> new int[] {I32, I32, I64, I32, I32};
          case DATA_DROP, ELEM_DROP -> new int[] {I32};
          case TABLE_GROW -> new int[] {I32, I64, I64};
          case TABLE_FILL -> new int[] {I32, I64, I64, I64};
          case TABLE_COPY -> new int[] {I32, I32, I64, I64, I64};
          case TABLE_INIT -> new int[] {I32, I32, I64, I32, I32};
          default -> NONE;
        };
    boolean grows = reason == ExitReason.MEMORY_GROW || reason == ExitReason.TABLE_GROW;
    return params.length == 0
        ? null
        : new Role(Job.BUILTIN, Convention.of(params, grows ? new int[] {I64} : NONE), reason);
  }
}
