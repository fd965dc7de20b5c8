package dev.tazza.wasi;

import dev.tazza.Caller;
import dev.tazza.HostFunction;
import dev.tazza.Values;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A function of preview 1 as the engine calls it. */
final class WasiHostFunction<T extends @Nullable Object> implements HostFunction<T> {
  private final WasiFunction function;
  private final Snapshot snapshot;
  private final Function<? super T, Wasi> source;
  private final int arguments;

  WasiHostFunction(WasiFunction function, Snapshot snapshot, Function<? super T, Wasi> source) {
    this.function = function;
    this.snapshot = snapshot;
    this.source = source;
    this.arguments = function.parameters().length();
  }

  @Override
  public void call(Caller<T> caller, Values values) {
    Wasi wasi = source.apply(caller.data());
    // All arguments as 64 bits: the functions look at the lower half of those that are i32.
    String types = function.parameters();
    long[] args = new long[arguments];
    for (int i = 0; i < arguments; i++) {
      args[i] = types.charAt(i) == 'I' ? values.i64(i) : values.i32(i);
    }
    int errno = wasi.call(function, snapshot, caller, args);
    if (function.hasResult()) {
      values.setI32(0, errno);
    }
  }
}
