package dev.tazza.vm.instance;

import org.jspecify.annotations.Nullable;

/** A function of the host, as the call loop calls it. */
@FunctionalInterface
public interface VmHostFunction {
  /**
   * Reads its arguments from the value slots, writes its results there, from slot 0 on. May call
   * guest code of the same store in between.
   *
   * @param values address of slot 0
   * @param caller the instance through whose import it was called, if any
   */
  void call(long values, @Nullable VmInstance caller) throws Throwable;
}
