package dev.tazza.sys;

/**
 * What happens on a signal. The flags have numbers of this seam, which are those of Linux: other
 * systems translate them.
 *
 * @param handler address of the handler, or {@link #DEFAULT} or {@link #IGNORE}
 * @param flags the {@code SA_*} bits below
 * @param mask bit {@code n - 1}: signal {@code n} is blocked while the handler runs
 */
public record SignalAction(long handler, long flags, long mask) {
  /** {@code SIG_DFL}. */
  public static final long DEFAULT = 0;

  /** {@code SIG_IGN}. */
  public static final long IGNORE = 1;

  /** {@code SA_SIGINFO}: the handler takes (signal, siginfo, ucontext). */
  public static final long WITH_INFO = 0x4;

  /** {@code SA_ONSTACK}: run on the alternate stack where the thread has one. */
  public static final long ON_ALTERNATE_STACK = 0x0800_0000;

  /** {@code SA_RESTART}: interrupted system calls start again. */
  public static final long RESTART = 0x1000_0000;

  /** {@code SA_NODEFER}: the signal itself stays unblocked in its handler. */
  public static final long NO_DEFER = 0x4000_0000;
}
