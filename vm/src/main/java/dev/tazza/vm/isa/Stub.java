package dev.tazza.vm.isa;

/**
 * The stubs: machine code between Java and guest code, written for each processor. On the Java side
 * they are functions in the C convention.
 */
public enum Stub {
  /**
   * {@code long enter(context, code, vmctx, begin, a0, a1)} switches to the guest stack at begin
   * and calls the code for vmctx, with a0 and a1 as its integer parameters and, the other way
   * around, as its float parameters: enough for functions of up to two. The upper half of what it
   * returns is the {@link dev.tazza.environ.ExitReason}, the lower half a result of 32 bits.
   */
  ENTER,

  /**
   * The same, but the result is left in value slot 0, or in slot 1 if it is a float.
   *
   * @see #ENTER
   */
  ENTER_WIDE,

  /**
   * Called by guest code: parks it and returns from {@link #ENTER} or {@link #RESUME} with the
   * exit's reason in the upper half.
   */
  EXIT,

  /**
   * {@code long resume(context, sp)} lets code that is parked at sp return from its call of {@link
   * #EXIT}; returns as {@link #ENTER}.
   */
  RESUME,

  /**
   * Called by guest code that throws the exception in {@link
   * dev.tazza.environ.StoreContext#EXCEPTION}: goes on at the landing pad of a handler, outwards of
   * the call; if there is none, {@link #EXIT}s.
   */
  THROW,

  /**
   * {@code long resumeThrowing(context, sp)} lets code that is parked at sp throw in place of
   * returning from its call of {@link #EXIT}; returns as {@link #ENTER}.
   */
  RESUME_THROWING,

  /**
   * Where the signal handler sends a thread that faulted in guest code: returns from {@link #ENTER}
   * or {@link #RESUME}, too.
   */
  TRAP_EXIT,

  /**
   * Called by guest code that has found out itself that it traps: notes that in the store context
   * as the signal handler does a fault, with no signal, and goes to {@link #TRAP_EXIT}.
   */
  TRAP,

  /**
   * Called by guest code at a poll that asks it to stop: the same as {@link #EXIT}, but it
   * preserves all registers, on whatever stack they find it.
   */
  POLL,

  /** The same for guest code that needs more fuel than it has. */
  OUT_OF_FUEL,

  /**
   * Where a tail call goes that has found the callee's context to be another one than its own: goes
   * on there, and sees to it that whoever called the caller finds its own again.
   */
  CROSS,

  /**
   * {@code void copy(void *to, const void *from, size_t count)} for guest code, by the C library:
   * takes long blocks in pieces, between which it polls.
   */
  COPY_LONG,

  /** {@code void fill(void *to, int value, size_t count)}, as {@link #COPY_LONG}. */
  FILL_LONG,

  /**
   * {@code void add(long *first, long count, long stride, long addend)} adds to longs that are
   * stride bytes apart; count is not 0. Instances are often made by Java code that has not been
   * compiled yet: a thousand function references take it half a millisecond, and this a
   * microsecond.
   */
  ADD_ALL
}
