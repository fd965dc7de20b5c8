package dev.tazza.vm.instance;

import dev.tazza.vm.memory.ParkingLot.Waiter;

/**
 * Suspends guests that wait at a shared memory, for stores whose calls hold no thread while they
 * wait: see {@link dev.tazza.vm.call.Activation}.
 */
public interface WaitSuspender {
  /** For a guest that is about to wait, on the thread that runs it. */
  Suspension prepare();

  /** One wait. */
  interface Suspension {
    /**
     * The guest is among the waiters, or was notified already.
     *
     * @param waiter leaves them when the call ends otherwise
     * @param timeout in nanoseconds, after which it leaves them; negative for ever
     * @param timedOut what to end with then
     */
    void begin(Waiter waiter, long timeout, int timedOut);

    /** The guest goes on, with {@code result} for the instruction's. Any thread; first one wins. */
    void end(int result);
  }
}
