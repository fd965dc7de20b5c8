package dev.tazza.wasm.text;

import org.jspecify.annotations.Nullable;

/**
 * A constant in a test script: an argument of an action. Floats are bits: a NaN keeps its payload.
 */
public sealed interface WastValue {

  /** {@code (i32.const N)} */
  record I32(int value) implements WastValue {}

  /** {@code (i64.const N)} */
  record I64(long value) implements WastValue {}

  /** {@code (f32.const Z)} */
  record F32(int bits) implements WastValue {}

  /** {@code (f64.const Z)} */
  record F64(long bits) implements WastValue {}

  /** {@code (v128.const shape …)}; {@code low} holds the lanes of lower index. */
  record V128(long low, long high) implements WastValue {}

  /** {@code (ref.null heaptype)}; the type's name, null where the script names none. */
  record RefNull(@Nullable String heapType) implements WastValue {}

  /** {@code (ref.extern N)}: the host object that a script calls N. */
  record RefExtern(long number) implements WastValue {}

  /** {@code (ref.host N)}: the same as a value of type anyref. */
  record RefHost(long number) implements WastValue {}
}
