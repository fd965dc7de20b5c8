package dev.tazza.wasm;

/**
 * Why compiled code trapped. Codes are stored in artifacts: numbers never change meaning. Messages
 * are those of the specification's test scripts.
 */
public enum TrapCode {
  UNREACHABLE(1, "unreachable"),
  MEMORY_OUT_OF_BOUNDS(2, "out of bounds memory access"),
  TABLE_OUT_OF_BOUNDS(3, "out of bounds table access"),
  /** {@code call_indirect} with an index past the end of the table. */
  UNDEFINED_ELEMENT(4, "undefined element"),
  /** {@code call_indirect} of a null reference. */
  UNINITIALIZED_ELEMENT(5, "uninitialized element"),
  INDIRECT_CALL_TYPE_MISMATCH(6, "indirect call type mismatch"),
  /** At an integer division: by zero or, for a signed quotient, overflow; the fault tells which. */
  INTEGER_DIVISION(7, "integer divide by zero"),
  INTEGER_DIVIDE_BY_ZERO(8, "integer divide by zero"),
  /** Float to integer of a NaN. {@link #INTEGER_OVERFLOW} must be the next code. */
  INVALID_CONVERSION_TO_INTEGER(9, "invalid conversion to integer"),
  INTEGER_OVERFLOW(10, "integer overflow"),
  STACK_OVERFLOW(11, "call stack exhausted"),
  /** A host function stands behind an import that was satisfied with a trap. */
  UNKNOWN_IMPORT(12, "unknown import called"),
  NULL_REFERENCE(13, "null reference"),
  /** The embedder stopped the guest: an epoch deadline, a timeout, an interrupted thread. */
  INTERRUPT(14, "interrupt"),
  /** {@code call_ref} of a null reference. */
  NULL_FUNCTION_REFERENCE(15, "null function reference"),
  /** {@code throw_ref} of a null reference. */
  NULL_EXCEPTION_REFERENCE(16, "null exception reference"),
  /** A memory or table did not grow, and a limiter wants that to be a trap. */
  RESOURCE_LIMIT(17, "resource limit exceeded"),
  /** All the fuel that the store had was used up. */
  OUT_OF_FUEL(18, "all fuel consumed"),
  /** An atomic access at an address that is no multiple of its size. */
  UNALIGNED_ATOMIC(19, "unaligned atomic"),
  /** {@code memory.atomic.wait} in a memory that no other thread could change. */
  EXPECTED_SHARED_MEMORY(20, "expected shared memory");

  private final int code;
  private final String message;

  TrapCode(int code, String message) {
    this.code = code;
    this.message = message;
  }

  /** The number in trap tables; never 0. */
  public int code() {
    return code;
  }

  /** The specification's words. */
  public String message() {
    return message;
  }

  /** Whether there is a trap code with this number: they have no gaps. */
  public static boolean exists(int code) {
    return code >= 1 && code <= VALUES.length;
  }

  /**
   * The trap code with this number.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static TrapCode of(int code) {
    for (TrapCode trap : VALUES) {
      if (trap.code == code) {
        return trap;
      }
    }
    throw new IllegalArgumentException("no trap code " + code);
  }

  private static final TrapCode[] VALUES = values();
}
