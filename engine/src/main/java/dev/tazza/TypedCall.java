package dev.tazza;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.instance.VmFunction;
import dev.tazza.vm.instance.VmStore;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Calls into the guest as method handles of the exact type, without boxing: enter the store, put
 * each argument into its slot, run, take the result, leave the store. Every piece is a static
 * method bound to constant addresses; folded together they compile to straight code where the
 * handle is a constant.
 */
final class TypedCall {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private TypedCall() {}

  /** The handle that calls {@code function}. */
  static MethodHandle handle(Store<?> store, VmFunction function) {
    FuncType type = function.type();
    MethodType javaType = JavaTypes.methodType(type);
    MethodHandle run =
        bind(
            "run",
            MethodType.methodType(void.class, VmStore.class, VmFunction.class),
            store.vm(),
            function);
    MethodHandle call = MethodHandles.foldArguments(result(store, type), run);
    call = MethodHandles.dropArguments(call, 0, javaType.parameterArray());
    for (int i = type.params().size() - 1; i >= 0; i--) {
      call = MethodHandles.foldArguments(call, i, argument(store, type.params().get(i), i));
    }
    MethodHandle enter =
        bind("enter", MethodType.methodType(void.class, VmStore.class), store.vm());
    return MethodHandles.foldArguments(call, enter).asType(javaType);
  }

  private static long slot(Store<?> store, int index) {
    return store.vm().values() + (long) StoreContext.VALUE_SIZE * index;
  }

  private static MethodHandle argument(Store<?> store, ValType type, int index) {
    long slot = slot(store, index);
    if (type instanceof RefType) {
      Class<?> javaType = JavaTypes.javaType(type);
      return bind(
              "putReference",
              MethodType.methodType(
                  void.class, Store.class, RefType.class, long.class, Object.class),
              store,
              type,
              slot)
          .asType(MethodType.methodType(void.class, javaType));
    }
    String name =
        switch ((NumType) type) {
          case I32 -> "putI32";
          case I64 -> "putI64";
          case F32 -> "putF32";
          case F64 -> "putF64";
        };
    return bind(
        name, MethodType.methodType(void.class, long.class, JavaTypes.javaType(type)), slot);
  }

  private static MethodHandle result(Store<?> store, FuncType type) {
    if (type.results().isEmpty()) {
      return bind("leave", MethodType.methodType(void.class, VmStore.class), store.vm());
    }
    if (type.results().size() > 1) {
      return bind(
          "takeAll",
          MethodType.methodType(Object[].class, Store.class, FuncType.class),
          store,
          type);
    }
    ValType result = type.results().get(0);
    long slot = slot(store, 0);
    if (result instanceof RefType) {
      return bind(
              "takeReference",
              MethodType.methodType(Object.class, Store.class, RefType.class, long.class),
              store,
              result,
              slot)
          .asType(MethodType.methodType(JavaTypes.javaType(result)));
    }
    String name =
        switch ((NumType) result) {
          case I32 -> "takeI32";
          case I64 -> "takeI64";
          case F32 -> "takeF32";
          case F64 -> "takeF64";
        };
    return bind(
        name,
        MethodType.methodType(JavaTypes.javaType(result), VmStore.class, long.class),
        store.vm(),
        slot);
  }

  private static MethodHandle bind(String name, MethodType type, Object... leading) {
    try {
      return MethodHandles.insertArguments(
          LOOKUP.findStatic(TypedCall.class, name, type), 0, leading);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  // The pieces.

  static void enter(VmStore store) {
    store.enter();
  }

  static void leave(VmStore store) {
    store.leave();
  }

  /** Calls; leaves the store only when that fails. */
  static void run(VmStore store, VmFunction function) throws Throwable {
    boolean returned = false;
    try {
      store.invoke(function);
      returned = true;
    } finally {
      if (!returned) {
        store.leave();
      }
    }
  }

  static void putI32(long slot, int value) {
    NativeMemory.putInt(slot, value);
  }

  static void putI64(long slot, long value) {
    NativeMemory.putLong(slot, value);
  }

  static void putF32(long slot, float value) {
    NativeMemory.putFloat(slot, value);
  }

  static void putF64(long slot, double value) {
    NativeMemory.putDouble(slot, value);
  }

  static void putReference(Store<?> store, RefType type, long slot, @Nullable Object value) {
    boolean converted = false;
    try {
      NativeMemory.putLong(slot, ReferenceValues.handle(store, type, value));
      converted = true;
    } finally {
      if (!converted) {
        store.vm().leave();
      }
    }
  }

  static int takeI32(VmStore store, long slot) {
    int value = NativeMemory.getInt(slot);
    store.leave();
    return value;
  }

  static long takeI64(VmStore store, long slot) {
    long value = NativeMemory.getLong(slot);
    store.leave();
    return value;
  }

  static float takeF32(VmStore store, long slot) {
    float value = NativeMemory.getFloat(slot);
    store.leave();
    return value;
  }

  static double takeF64(VmStore store, long slot) {
    double value = NativeMemory.getDouble(slot);
    store.leave();
    return value;
  }

  static @Nullable Object takeReference(Store<?> store, RefType type, long slot) {
    try {
      return ReferenceValues.object(store, type, NativeMemory.getLong(slot));
    } finally {
      store.vm().leave();
    }
  }

  static @Nullable Object[] takeAll(Store<?> store, FuncType type) {
    try {
      @Nullable Object[] results = new @Nullable Object[type.results().size()];
      for (int i = 0; i < results.length; i++) {
        results[i] = ReferenceValues.load(store, type.results().get(i), slot(store, i));
      }
      return results;
    } finally {
      store.vm().leave();
    }
  }
}
