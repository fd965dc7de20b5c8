package dev.tazza.vm.call;

/**
 * A call of guest code that can wait: for a host function's answer, or for others to have their
 * turn. Meanwhile its frames stay parked on the guest's stack, and no thread is in it; any may go
 * on with it. Others of the same store can begin meanwhile and are over before it goes on.
 *
 * <p>Not thread-safe; the steps may be on different threads.
 */
public final class Activation {
  private final CallLoop loop;

  /** Where the activation further out is parked. */
  final long outer;

  /** While it waits: where it is parked. */
  long parked;

  /** While it waits: whether it was stopped, so that it asked for nothing. */
  boolean stopped;

  /** One that begins where the innermost activation of {@code loop} is parked. */
  public Activation(CallLoop loop) {
    this.loop = loop;
    outer = loop.begin();
  }

  /**
   * Calls guest code, as {@link CallLoop#call}.
   *
   * @return whether it has returned; else it waits
   */
  public boolean begin(long trampoline, long code, long vmctx) {
    return loop.begin(this, trampoline, code, vmctx);
  }

  /**
   * Goes on with one that waits.
   *
   * @param answer leaves in the value slots what the host function gives, or throws what it throws;
   *     not asked of one that was stopped
   * @return whether it has returned; else it waits again
   */
  public boolean resume(Answer answer) {
    return loop.resume(this, answer);
  }

  /** Ends one that waits: its frames are dropped. */
  public void drop() {
    loop.drop(this);
  }

  /** Whether it is the innermost one of those that wait. */
  public boolean isInnermost() {
    return loop.isInnermost(this);
  }

  /** What a host function gives or throws. */
  @FunctionalInterface
  public interface Answer {
    void give() throws Throwable;
  }
}
