package dev.tazza;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A host function that may give its results later: see {@link Linker#funcAsync}.
 *
 * @param <T> type of the store's data
 */
@FunctionalInterface
public interface AsyncHostFunction<T extends @Nullable Object> {
  /**
   * The guest has called.
   *
   * @param caller valid until this returns
   * @param args as {@link Func#call} takes them
   * @return the results, in order, as {@link Func#call} gives them; null if there are none
   * @throws Exception what the guest's caller gets, if the guest does not catch it
   */
  CompletionStage<@Nullable Object @Nullable []> call(Caller<T> caller, @Nullable Object[] args)
      throws Exception;
}
