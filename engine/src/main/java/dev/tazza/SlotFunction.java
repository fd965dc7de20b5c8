package dev.tazza;

import org.jspecify.annotations.Nullable;

/**
 * A host function that was made for its type: it reads the arguments that it has from the slots and
 * sets the result that it has.
 *
 * @param <T> type of the store's data
 */
@FunctionalInterface
interface SlotFunction<T extends @Nullable Object> {
  void call(Caller<T> caller, ValueSlots slots) throws Throwable;
}
