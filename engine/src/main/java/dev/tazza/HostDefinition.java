package dev.tazza;

import dev.tazza.vm.instance.VmInstance;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host function before it is in a store.
 *
 * @param <T> type of the stores' data
 */
record HostDefinition<T extends @Nullable Object>(FuncType type, HostFunction<T> function) {

  HostDefinition {
    HostTypes.check(type);
    Objects.requireNonNull(function);
  }

  /** The function for one store. */
  dev.tazza.vm.instance.HostFunction bind(Store<T> store) {
    Bound<T> bound = new Bound<>(store, function);
    return type.results().contains(ValType.FUNCREF) ? new GivesFunctions(bound, type) : bound;
  }

  /**
   * A host function with references to functions among its results: guest code would jump to
   * whatever else is in these slots, such as an argument that has been left there.
   */
  private record GivesFunctions(Bound<?> function, FuncType type)
      implements dev.tazza.vm.instance.HostFunction {
    @Override
    public void call(long slots, @Nullable VmInstance instance) throws Throwable {
      function.call(slots, instance);
      for (int i = 0; i < type.results().size(); i++) {
        if (type.results().get(i).equals(ValType.FUNCREF) && !function.values.isFuncref(i)) {
          throw new IllegalStateException(
              "a host function of type %s has not set its result %d with setFuncref"
                  .formatted(type, i));
        }
      }
    }
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
