package dev.tazza;

import dev.tazza.vm.instance.GuestCalls;
import dev.tazza.vm.instance.VmFunction;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Method handles that call a function through a {@link TypedCall}, with parameters and results as
 * Java has them. To combine one takes the JVM 20 to 200 µs, and it is the same for all functions of
 * a Java type but for the {@link TypedCall}: so it is made once for each type, and bound.
 */
final class CallShape {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final MethodType DIRECT =
      MethodType.methodType(long.class, TypedCall.class, long.class, long.class);

  /** Types beyond this many are not kept: modules that want to fill memory have many. */
  private static final int MOST = 1000;

  /** For functions of guests, and of the host. */
  private static final ConcurrentMap<MethodType, MethodHandle> GUEST = new ConcurrentHashMap<>();

  private static final ConcurrentMap<MethodType, MethodHandle> HOST = new ConcurrentHashMap<>();

  private CallShape() {}

  /** The handle of {@code function}'s exact Java type that makes {@code call}. */
  static MethodHandle bind(TypedCall call, VmFunction function) {
    ConcurrentMap<MethodType, MethodHandle> known = function.isHost() ? HOST : GUEST;
    FuncType type = function.type();
    MethodType java = JavaTypes.methodType(type);
    MethodHandle shape = known.get(java);
    if (shape == null) {
      shape = combine(type, java, function.isHost());
      if (known.size() < MOST) {
        known.putIfAbsent(java, shape);
      }
    }
    return shape.bindTo(call);
  }

  /** (TypedCall, parameters…) result. */
  private static MethodHandle combine(FuncType type, MethodType java, boolean isHost) {
    int count = type.params().size();
    if (!numeric(type.params()) || !numeric(type.results()) || type.results().size() > 1) {
      return call("boxed", MethodType.methodType(Object.class, Object[].class))
          .asCollector(Object[].class, count)
          .asType(java.insertParameterTypes(0, TypedCall.class));
    }
    MethodHandle bits =
        count > 2 || isHost
            ? call("numbers", MethodType.methodType(long.class, long[].class))
                .asCollector(long[].class, count)
            : order(type.params());
    for (int i = 0; i < count; i++) {
      bits = MethodHandles.filterArguments(bits, i + 1, toBits(type.params().get(i)));
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
  private static MethodHandle order(List<ValType> params) {
    MethodHandle direct = call("direct", MethodType.methodType(long.class, long.class, long.class));
    int count = params.size();
    int[] order = {-1, -1};
    for (int i = 0; i < count; i++) {
      int place = isFloat(params.get(i)) ? 1 : 0;
      order[order[place] < 0 ? place : 1 - place] = i;
    }
    if (count == 2) {
      return MethodHandles.permuteArguments(direct, DIRECT, 0, order[0] + 1, order[1] + 1);
    }
    MethodHandle one = direct;
    for (int place = 1; place >= 0; place--) {
      if (order[place] < 0) {
        one = MethodHandles.insertArguments(one, place + 1, 0L);
      }
    }
    return one;
  }

  private static boolean isFloat(ValType type) {
    return type == NumType.F32 || type == NumType.F64;
  }

  private static MethodHandle toBits(ValType type) {
    return switch ((NumType) type) {
      case I32 -> conversion("i32Bits", long.class, int.class);
      case I64 -> MethodHandles.identity(long.class);
      case F32 -> conversion("f32Bits", long.class, float.class);
      case F64 -> conversion("f64Bits", long.class, double.class);
    };
  }

  private static MethodHandle fromBits(ValType type) {
    return switch ((NumType) type) {
      case I32 -> conversion("i32", int.class, long.class);
      case I64 -> MethodHandles.identity(long.class);
      case F32 -> conversion("f32", float.class, long.class);
      case F64 -> conversion("f64", double.class, long.class);
    };
  }

  private static MethodHandle call(String name, MethodType type) {
    try {
      return LOOKUP.findVirtual(TypedCall.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static MethodHandle conversion(String name, Class<?> to, Class<?> from) {
    try {
      return LOOKUP.findStatic(CallShape.class, name, MethodType.methodType(to, from));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
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
