package dev.tazza.environ;

/**
 * Why guest code gave control back to Java, if not for a {@link RuntimeService}. When it calls a
 * host function or asks for a service, it stores the number in {@link StoreContext#EXIT_REASON},
 * the arguments in the slots of {@link StoreContext#VALUES} and a context in {@link
 * StoreContext#EXIT_CONTEXT}, the {@link HostFunctionContext} or that of its instance, and calls
 * the exit stub; Java leaves the results in the slots from 0 on and resumes.
 */
public enum ExitReason {
  /** The entered function returned; written by the enter stub. */
  RETURNED,
  /** A hardware fault with an entry in a trap table; written by the trap-exit stub. */
  TRAP,
  /** Guest code calls a host function. */
  HOST_CALL,
  /**
   * No frame of the activation catches the exception in {@link StoreContext#EXCEPTION}; written by
   * the throw stub, which leaves all frames as they are.
   */
  UNCAUGHT,
  /** Guest code came to a stop because it polled; written by the poll stub. */
  POLL,
  /** Guest code came to a stop anywhere, because of a signal; written by the signal's handler. */
  STOPPED,
  /** Guest code needs more fuel than it has; written by the fuel stub. */
  OUT_OF_FUEL;

  /** How many there are; the numbers from here on are those of services. */
  static final int COUNT = values().length;

  /** The number in {@link StoreContext#EXIT_REASON}. */
  public int code() {
    return ordinal();
  }
}
