package dev.tazza.vm.call;

import dev.tazza.environ.RuntimeService;

/**
 * Serves what guest code asks of Java. One per store, implemented by the layer that knows instances
 * and host functions.
 *
 * <p>Arguments are in the value slots of the store context and results go there, from slot 0 on. A
 * handler may enter the guest again; that uses the same slots, so it reads its arguments before and
 * writes its results after. What it throws surfaces from {@link CallLoop#call}, which first drops
 * the activation.
 */
public interface ExitHandler {

  /**
   * Guest code calls a host function.
   *
   * @param context address of the {@link dev.tazza.environ.HostFunctionContext}
   * @return whether guest code gets an exception in place of results: its tag is in the store
   *     context, what it carries in the value slots
   */
  boolean hostCall(long context);

  /**
   * No code of the activation catches what was thrown. All frames are still there.
   *
   * @return what {@link CallLoop#call} shall throw
   */
  RuntimeException uncaught();

  /**
   * Guest code asks for a service.
   *
   * @param exitCode {@link RuntimeService#exitCode()}
   * @param context address of the instance context
   */
  void serve(int exitCode, long context);

  /** Guest code was asked to stop and has. What this throws ends it; else it goes on. */
  void stopped();

  /**
   * Whether what guest code asked for last is still to come, so that it has to wait; then asks no
   * more. Asked only of activations that can.
   */
  boolean waits();

  /**
   * The answer for a host function that guest code waited for is there.
   *
   * @return as {@link #hostCall}
   */
  boolean complete(Activation.Answer answer);

  /**
   * Guest code faulted. The store context has pc, address, signal and registers; the stack is still
   * there for {@link CallLoop#backtrace}.
   *
   * @return what {@link CallLoop#call} shall throw
   */
  RuntimeException trap();

  /**
   * Guest code needs more fuel than it has: what the store context has is negative. Returns when
   * there is more; what this throws ends the guest.
   *
   * @param inMidst whether it is in the midst of its code; else it has just returned
   */
  void usedUpFuel(boolean inMidst);

  /**
   * How many bytes above the stack pointer the return address of the function is that {@code pc} is
   * in, if its frame is not there: it makes none, or not yet, or no longer; -1 if it is.
   */
  int returnAddressDepth(long pc);
}
