package dev.tazza;

import dev.tazza.environ.StoreContext;
import dev.tazza.vm.instance.GuestCalls;
import dev.tazza.vm.instance.GuestCalls.Result;
import dev.tazza.vm.instance.VmFunction;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls into the guest as method handles of the exact type. Each is one method, which enters the
 * store and leaves it in any case, behind conversions of parameters and result:
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
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final MethodType DIRECT =
      MethodType.methodType(long.class, long.class, long.class);

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
    TypedCall call = of(store, function);
    FuncType type = function.type();
    if (!numeric(type.params()) || !numeric(type.results()) || type.results().size() > 1) {
      return find("boxed", MethodType.methodType(Object.class, Object[].class))
          .bindTo(call)
          .asCollector(Object[].class, type.params().size())
          .asType(JavaTypes.methodType(type));
    }
    int count = type.params().size();
    MethodHandle bits =
        count > 2 || function.isHost()
            ? find("numbers", MethodType.methodType(long.class, long[].class))
                .bindTo(call)
                .asCollector(long[].class, count)
            : order(find("direct", DIRECT).bindTo(call), type.params());
    for (int i = 0; i < count; i++) {
      bits = MethodHandles.filterArguments(bits, i, toBits(type.params().get(i)));
    }
    return type.results().isEmpty()
        ? bits.asType(bits.type().changeReturnType(void.class))
        : MethodHandles.filterReturnValue(bits, fromBits(type.results().get(0)));
  }

  private static boolean numeric(List<ValType> types) {
    for (ValType each : types) {
      if (!(each instanceof NumType)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Integers from the left, floats from the right, as {@link GuestCalls#callDirectly} wants them.
   */
  private static MethodHandle order(MethodHandle direct, List<ValType> params) {
    int count = params.size();
    int[] order = {-1, -1};
    for (int i = 0; i < count; i++) {
      int place = isFloat(params.get(i)) ? 1 : 0;
      order[order[place] < 0 ? place : 1 - place] = i;
    }
    if (count == 2) {
      return MethodHandles.permuteArguments(direct, DIRECT, order);
    }
    MethodHandle one = direct;
    for (int place = 1; place >= 0; place--) {
      if (order[place] < 0) {
        one = MethodHandles.insertArguments(one, place, 0L);
      }
    }
    return one;
  }

  private static boolean isFloat(ValType type) {
    return type == NumType.F32 || type == NumType.F64;
  }

  private static MethodHandle toBits(ValType type) {
    return switch ((NumType) type) {
      case I32 -> find("i32Bits", MethodType.methodType(long.class, int.class));
      case I64 -> MethodHandles.identity(long.class);
      case F32 -> find("f32Bits", MethodType.methodType(long.class, float.class));
      case F64 -> find("f64Bits", MethodType.methodType(long.class, double.class));
    };
  }

  private static MethodHandle fromBits(ValType type) {
    return switch ((NumType) type) {
      case I32 -> find("i32", MethodType.methodType(int.class, long.class));
      case I64 -> MethodHandles.identity(long.class);
      case F32 -> find("f32", MethodType.methodType(float.class, long.class));
      case F64 -> find("f64", MethodType.methodType(double.class, long.class));
    };
  }

  private static MethodHandle find(String name, MethodType type) {
    try {
      boolean conversion = type.parameterCount() == 1 && !type.parameterType(0).isArray();
      return conversion
          ? LOOKUP.findStatic(TypedCall.class, name, type)
          : LOOKUP.findVirtual(TypedCall.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
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

  // Numbers as bits, and back.

  static long i32Bits(int value) {
    return Integer.toUnsignedLong(value);
  }

  static long f32Bits(float value) {
    return Integer.toUnsignedLong(Float.floatToRawIntBits(value));
  }

  static long f64Bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  static int i32(long bits) {
    return (int) bits;
  }

  static float f32(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  static double f64(long bits) {
    return Double.longBitsToDouble(bits);
  }
}
