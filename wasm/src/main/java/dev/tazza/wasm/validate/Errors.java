package dev.tazza.wasm.validate;

import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.type.TypeCode;
import org.jspecify.annotations.Nullable;

/** Makes the errors of the function that is being validated: they know where it stands. */
interface Errors {

  /** The offset of the current instruction. */
  int offset();

  /** An error at the current instruction. */
  ValidationException invalid(String message);

  default ValidationException mismatch(int expected, int actual) {
    return invalid(
        "type mismatch: expected "
            + TypeCode.toString(expected)
            + ", found "
            + TypeCode.toString(actual));
  }

  /** Throws if there is a problem, as {@link ModuleContext#problemWithType} finds them. */
  default void check(@Nullable String problem) {
    if (problem != null) {
      throw invalid(problem);
    }
  }

  /** Checks that an index is one of {@code count} and returns it. */
  default int index(String kind, int index, int count) {
    if (index >= count) {
      throw invalid("unknown " + kind + " " + index + ": there are " + count);
    }
    return index;
  }
}
