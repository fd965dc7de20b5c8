package dev.tazza;

import dev.tazza.vm.instance.VmHostFunction;
import dev.tazza.vm.instance.VmInstance;
import dev.tazza.wasm.type.FuncType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host function before it is in a store.
 *
 * @param <T> type of the stores' data
 */
sealed interface HostDefinition<T extends @Nullable Object> {
  FuncType type();

  /** The function for one store. */
  VmHostFunction bind(Store<T> store);

  /** A function in its general form, of which all that it does with values is checked. */
  static <T extends @Nullable Object> HostDefinition<T> general(
      FuncType type, HostFunction<T> function) {
    HostTypes.check(type);
    return new General<>(ValueKinds.of(type), Objects.requireNonNull(function));
  }

  /** A function that is known to do with the slots what its type says. */
  static <T extends @Nullable Object> HostDefinition<T> typed(
      FuncType type, SlotFunction<T> function) {
    HostTypes.check(type);
    return new Typed<>(type, function);
  }

  /** A function that may give its results later. */
  static <T extends @Nullable Object> HostDefinition<T> async(
      FuncType type, AsyncHostFunction<T> function) {
    HostTypes.check(type);
    return new Async<>(type, Objects.requireNonNull(function));
  }

  record Async<T extends @Nullable Object>(FuncType type, AsyncHostFunction<T> function)
      implements HostDefinition<T> {
    @Override
    public VmHostFunction bind(Store<T> store) {
      return (_, instance) -> {
        @Nullable Object[] args = TypedCall.parameters(store, type);
        AsyncAnswer answer =
            new AsyncAnswer(type, function.call(new Caller<>(store, instance), args));
        if (answer.isThere()) {
          answer.store(store);
        } else {
          store.asyncCalls().running().waitFor(answer);
          store.vm().letWait();
        }
      };
    }
  }

  record General<T extends @Nullable Object>(ValueKinds kinds, HostFunction<T> function)
      implements HostDefinition<T> {
    @Override
    public FuncType type() {
      return kinds.type();
    }

    @Override
    public VmHostFunction bind(Store<T> store) {
      return new Checked<>(store, this);
    }
  }

  /** One that {@link TypedHost} or {@link HostLambda} made. */
  record Typed<T extends @Nullable Object>(FuncType type, SlotFunction<T> function)
      implements HostDefinition<T> {
    @Override
    public VmHostFunction bind(Store<T> store) {
      return new Direct<>(store, function);
    }
  }

  /** A general function in a store. */
  final class Checked<T extends @Nullable Object> implements VmHostFunction {
    private final Store<T> store;
    private final HostFunction<T> function;
    private final Values values;
    private @Nullable VmInstance lastInstance;
    private @Nullable Caller<T> lastCaller;

    Checked(Store<T> store, General<T> definition) {
      this.store = store;
      this.function = definition.function;
      this.values = new Values(store.slots(), definition.kinds);
    }

    @Override
    public void call(long slots, @Nullable VmInstance instance) throws Throwable {
      Caller<T> caller = lastCaller;
      if (caller == null || instance != lastInstance) {
        caller = new Caller<>(store, instance);
        lastInstance = instance;
        lastCaller = caller;
      }
      long outer = values.begin();
      try {
        function.call(caller, values);
      } finally {
        values.end(outer);
      }
    }
  }

  /** A typed function in a store. */
  final class Direct<T extends @Nullable Object> implements VmHostFunction {
    private final Store<T> store;
    private final SlotFunction<T> function;
    private final ValueSlots slots;
    private @Nullable VmInstance lastInstance;
    private @Nullable Caller<T> lastCaller;

    Direct(Store<T> store, SlotFunction<T> function) {
      this.store = store;
      this.function = function;
      this.slots = store.slots();
    }

    @Override
    public void call(long address, @Nullable VmInstance instance) throws Throwable {
      Caller<T> caller = lastCaller;
      if (caller == null || instance != lastInstance) {
        caller = new Caller<>(store, instance);
        lastInstance = instance;
        lastCaller = caller;
      }
      function.call(caller, slots);
    }
  }
}
