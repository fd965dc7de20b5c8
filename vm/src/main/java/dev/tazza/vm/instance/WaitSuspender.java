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
     * The guest is among the waiters, or was notified already. It waits until {@link #wake}, or the
     * time is over.
     *
     * @param waiter leaves them when the time is over, or the call
     * @param timeout in nanoseconds; negative for ever
     */
    void begin(Waiter waiter, long timeout);

    /** The guest was notified, perhaps even before {@link #begin}. Any thread. */
    void wake();
  }
}
