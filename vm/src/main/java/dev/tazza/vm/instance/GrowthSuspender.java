package dev.tazza.vm.instance;

import java.util.function.LongSupplier;

/**
 * Suspends guests that ask to grow a memory or table until the store's {@link StoreLimiter} has
 * decided, for stores whose calls hold no thread while they wait.
 */
@FunctionalInterface
public interface GrowthSuspender {
  /**
   * Grows something for a guest, on the thread that runs it.
   *
   * @param growth gives the size before, or -1; may be run again when there is a decision
   * @return what it gave; of no meaning if the guest has to wait
   */
  long grow(LongSupplier growth);
}
