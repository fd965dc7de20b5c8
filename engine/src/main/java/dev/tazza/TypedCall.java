package dev.tazza;

import dev.tazza.environ.StoreContext;
import dev.tazza.vm.instance.GuestCalls;
import dev.tazza.vm.instance.GuestCalls.Result;
import dev.tazza.vm.instance.VmFunction;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls into the guest. Method handles of the exact type ({@link CallShape}) are one of these
 * methods, which enters the store and leaves it in any case, behind conversions of parameters and
 * result:
 *
 * <ul>
 *   <li>{@link #direct}, for up to two numbers: they stay in registers;
 *   <li>{@link #numbers}, for more: their bits go through an array, which compiled code does not
 *       really make where the handle is a constant;
 *   <li>{@link #boxed}, for references and several results.
 * </ul>
 *
 * <p>A record, because the JIT compiler takes the fields of those for constants.
 */
record TypedCall(
    Store<?> store, GuestCalls calls, VmFunction function, FuncType type, Result result) {
  private static TypedCall of(Store<?> store, VmFunction function) {
    FuncType type = function.type();
    return new TypedCall(store, store.vm().calls(), function, type, result(type.results()));
  }

  private static Result result(List<ValType> results) {
    if (results.isEmpty()) {
      return Result.WIDE;
    }
    return switch (results.get(0)) {
      case NumType.I32 -> Result.NARROW;
      case NumType.F32, NumType.F64 -> Result.FLOAT;
      default -> Result.WIDE;
    };
  }

  /** The handle that calls {@code function}. */
  static MethodHandle handle(Store<?> store, VmFunction function) {
    return CallShape.bind(of(store, function), function);
  }

  // The calls.

  long direct(long a0, long a1) {
    return calls.callDirectly(function, result, a0, a1);
  }

  long numbers(long[] args) {
    return calls.call(function, args);
  }

  @Nullable Object boxed(@Nullable Object[] args) {
    @Nullable Object[] results = call(args);
    return switch (results.length) {
      case 0 -> null;
      case 1 -> results[0];
      default -> results;
    };
  }

  /** Calls with values as {@link Func#call} takes and gives them. */
  private @Nullable Object[] call(@Nullable Object[] args) {
    return calls.use(() -> {
      for (int i = 0; i < args.length; i++) {
        ReferenceValues.store(store, type.params().get(i), slot(i), args[i]);
      }
      calls.invoke(function);
      @Nullable Object[] results = new @Nullable Object[type.results().size()];
      for (int i = 0; i < results.length; i++) {
        results[i] = ReferenceValues.load(store, type.results().get(i), slot(i));
      }
      return results;
    });
  }

  /** {@link Func#call}, with as many arguments as the function takes. */
  static @Nullable Object[] call(Store<?> store, VmFunction function, @Nullable Object[] args) {
    return of(store, function).call(args);
  }

  // Values of calls that wait, between {@link VmStore#enter} and leave.

  /** Leaves arguments in the value slots. */
  static void arguments(Store<?> store, FuncType type, @Nullable Object[] args) {
    for (int i = 0; i < args.length; i++) {
      store(store, type.params().get(i), i, args[i]);
    }
  }

  /** Leaves a value in a slot. */
  static void store(Store<?> store, ValType type, int index, @Nullable Object value) {
    ReferenceValues.store(store, type, slot(store, index), value);
  }

  /** The arguments that are in the slots. */
  static @Nullable Object[] parameters(Store<?> store, FuncType type) {
    return values(store, type.params());
  }

  /** The results that are in the slots. */
  static @Nullable Object[] results(Store<?> store, FuncType type) {
    return values(store, type.results());
  }

  private static @Nullable Object[] values(Store<?> store, List<ValType> types) {
    @Nullable Object[] values = new @Nullable Object[types.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ReferenceValues.load(store, types.get(i), slot(store, i));
    }
    return values;
  }

  private static long slot(Store<?> store, int index) {
    return store.vm().calls().values() + (long) StoreContext.VALUE_SIZE * index;
  }

  private long slot(int index) {
    return calls.values() + (long) StoreContext.VALUE_SIZE * index;
  }
}
