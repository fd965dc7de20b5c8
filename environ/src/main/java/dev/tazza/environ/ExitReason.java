package dev.tazza.environ;

/**
 * Why guest code gave control back to Java. Except for the first two, guest code stores the number
 * in {@link StoreContext#EXIT_REASON}, the arguments in the slots of {@link StoreContext#VALUES}
 * and its instance context in {@link StoreContext#EXIT_CONTEXT}, and calls the exit stub; Java
 * leaves the results in the slots from 0 on and resumes.
 */
public enum ExitReason {
  /** The entered function returned; written by the enter stub. */
  RETURNED,
  /** A hardware fault with an entry in a trap table; written by the trap-exit stub. */
  TRAP,
  /**
   * EXIT_CONTEXT: the {@link HostFunctionContext}; slots: the parameters. Results: the function's.
   */
  HOST_CALL,
  /** memory index, delta in pages (i64) → previous size in pages or -1 (i64). */
  MEMORY_GROW,
  /** memory index, data segment, destination (i64), source, length. */
  MEMORY_INIT,
  /** data segment. */
  DATA_DROP,
  /** table index, initial element (8 bytes), delta (i64) → previous size or -1 (i64). */
  TABLE_GROW,
  /** table index, start (i64), element (8 bytes), length (i64). */
  TABLE_FILL,
  /** destination table, source table, destination, source, length (i64 each). */
  TABLE_COPY,
  /** table index, element segment, destination (i64), source, length. */
  TABLE_INIT,
  /** element segment. */
  ELEM_DROP,
  /** number of a type, type index → whether the first is the second or its subtype (i32). */
  IS_SUBTYPE,
  /** Guest code came to a stop because it polled; written by the poll stub. */
  POLL,
  /** Guest code came to a stop anywhere, because of a signal; written by the signal's handler. */
  STOPPED;

  /** The number in {@link StoreContext#EXIT_REASON}. */
  public int code() {
    return ordinal();
  }

  private static final ExitReason[] VALUES = values();

  /** The reason with this number. */
  public static ExitReason of(int code) {
    return VALUES[code];
  }
}
