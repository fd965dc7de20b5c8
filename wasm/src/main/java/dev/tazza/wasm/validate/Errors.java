package dev.tazza.wasm.validate;

import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.type.TypeCode;

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
}
