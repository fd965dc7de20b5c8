package dev.tazza.wasm.operator;

/** The groups of instructions that are handled alike. */
public enum Family {
  /** Blocks, branches and calls. */
  CONTROL,
  /** {@code drop} and {@code select}. */
  PARAMETRIC,
  /** Locals and globals. */
  VARIABLE,
  /** Tables and element segments. */
  TABLE,
  /** Scalar loads and stores, memories and data segments. */
  MEMORY,
  /** Constants and arithmetic on numbers: the stack signature says it all. */
  NUMERIC,
  /** References as such, casts, and integers of 31 bits. */
  REFERENCE,
  /** Structures and arrays. */
  AGGREGATE,
  /** Atomic access to memories, and waiting. */
  ATOMIC,
  /** Everything about v128, its loads, stores and constants included. */
  VECTOR
}
