package dev.tazza.vm.instance;

import dev.tazza.vm.call.Backtrace;
import org.jspecify.annotations.Nullable;

/**
 * How the exceptions of a store's guest code look in Java; the public API's types are above this
 * layer.
 *
 * <p>What an exception carries is in the store's value slots.
 */
public interface ThrowableFactory {
  /** The tag under which guest code of the store can catch {@code thrown}, or null: it cannot. */
  @Nullable VmTag tag(Throwable thrown);

  /** Puts what {@code thrown}, which has a tag, carries into the slots. */
  void storePayload(Throwable thrown);

  /** What stands for an exception that nobody caught. */
  RuntimeException throwable(VmTag tag, Backtrace backtrace);
}
