package dev.tazza;

import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Turns method handles into host functions: each argument is read from its slot, the result set,
 * without boxing.
 */
final class TypedHost {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final MethodType HOST_TYPE =
      MethodType.methodType(void.class, ValueSlots.class, Caller.class);

  private TypedHost() {}

  /**
   * A definition whose type follows from the handle's. A first parameter of type {@link Caller} is
   * given the caller.
   */
  static <T extends @Nullable Object> HostDefinition<T> definition(MethodHandle target) {
    MethodType type = target.type();
    boolean wantsCaller = type.parameterCount() > 0 && type.parameterType(0) == Caller.class;
    FuncType funcType = JavaTypes.funcType(wantsCaller ? type.dropParameterTypes(0, 1) : type);
    MethodHandle withCaller =
        wantsCaller ? target : MethodHandles.dropArguments(target, 0, Caller.class);
    MethodHandle adapted = adapt(withCaller, funcType);
    return HostDefinition.typed(
        funcType,
        (caller, slots) -> {
          // A local raw view: invokeExact wants the exact static types.
          Caller<?> raw = caller;
          adapted.invokeExact(slots, (Caller) raw);
        });
  }

  /** (Caller, arguments…) result → (ValueSlots, Caller) void. */
  private static MethodHandle adapt(MethodHandle target, FuncType type) {
    int params = type.params().size();
    MethodHandle inner = target;
    int[] order = new int[params + 1];
    order[0] = 1;
    for (int i = 0; i < params; i++) {
      MethodHandle getter =
          getter(type.params().get(i), i)
              .asType(MethodType.methodType(target.type().parameterType(i + 1), ValueSlots.class));
      inner = MethodHandles.filterArguments(inner, i + 1, getter);
    }
    MethodType reads = HOST_TYPE.changeReturnType(target.type().returnType());
    inner = MethodHandles.permuteArguments(inner, reads, order);
    if (type.results().isEmpty()) {
      return inner;
    }
    // (result, ValueSlots, Caller) void: sets the result.
    Class<?> resultType = target.type().returnType();
    MethodHandle setter = setter(type.results().get(0));
    setter = setter.asType(setter.type().changeParameterType(1, resultType));
    MethodHandle store =
        MethodHandles.permuteArguments(
            setter,
            MethodType.methodType(void.class, resultType, ValueSlots.class, Caller.class),
            1,
            0);
    return MethodHandles.foldArguments(store, inner);
  }

  private static String suffix(ValType type) {
    return switch (type) {
      case NumType number -> number.name();
      case VecType vector -> vector.name();
      case RefType reference ->
          reference.heapType() == AbstractHeapType.EXTERN
              ? "Externref"
              : reference.heapType() == AbstractHeapType.EXN ? "Exnref" : "Funcref";
      default ->
          throw new UnsupportedOperationException("values of type " + type + " do not work yet");
    };
  }

  private static MethodHandle getter(ValType type, int index) {
    String name = suffix(type).toLowerCase(java.util.Locale.ROOT);
    MethodType getter = MethodType.methodType(JavaTypes.javaType(type), int.class);
    return MethodHandles.insertArguments(find(name, getter), 1, index);
  }

  private static MethodHandle setter(ValType type) {
    MethodType setter = MethodType.methodType(void.class, int.class, JavaTypes.javaType(type));
    return MethodHandles.insertArguments(find("set" + suffix(type), setter), 1, 0);
  }

  private static MethodHandle find(String name, MethodType type) {
    try {
      return LOOKUP.findVirtual(ValueSlots.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
