package dev.tazza;

import dev.tazza.vm.instance.VmInstance;
import dev.tazza.wasm.type.FuncType;
import org.jspecify.annotations.Nullable;

/**
 * A host function before it is in a store.
 *
 * @param <T> type of the stores' data
 */
record HostDefinition<T extends @Nullable Object>(FuncType type, HostFunction<T> function) {

  /** The function for one store. */
  dev.tazza.vm.instance.HostFunction bind(Store<T> store) {
    return new Bound<>(store, function);
  }

  /** Keeps the last caller: it is nearly always the same one. */
  private static final class Bound<T extends @Nullable Object>
      implements dev.tazza.vm.instance.HostFunction {
    private final Store<T> store;
    private final HostFunction<T> function;
    private final Values values;
    private @Nullable VmInstance lastInstance;
    private @Nullable Caller<T> lastCaller;

    Bound(Store<T> store, HostFunction<T> function) {
      this.store = store;
      this.function = function;
      this.values = store.values();
    }

    @Override
    public void call(long slots, @Nullable VmInstance instance) throws Throwable {
      Caller<T> caller = lastCaller;
      if (caller == null || instance != lastInstance) {
        caller = new Caller<>(store, instance);
        lastInstance = instance;
        lastCaller = caller;
      }
      function.call(caller, values);
    }
  }
}
