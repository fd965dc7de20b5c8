package dev.tazza;

import org.jspecify.annotations.Nullable;

/**
 * A host function in its general form. May throw anything: it surfaces from the call into the
 * guest, with the guest's backtrace attached. May call guest code of the same store. May block: on
 * a virtual thread that releases the carrier.
 *
 * @param <T> type of the store's data
 */
@FunctionalInterface
public interface HostFunction<T extends @Nullable Object> {
  /**
   * Reads the arguments from {@code values} and sets the results there.
   *
   * @param caller the store, and the instance that calls
   */
  void call(Caller<T> caller, Values values) throws Throwable;
}
