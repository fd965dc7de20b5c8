package dev.tazza;

import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.instance.VmException;
import dev.tazza.vm.instance.VmFunction;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.HeapType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import org.jspecify.annotations.Nullable;

/**
 * Values as Java objects: Integer, Long, Float, Double, {@link V128}; {@link Func} for funcref; any
 * object for externref, {@link TaggedException} for exnref; null for null.
 */
final class ReferenceValues {
  private ReferenceValues() {}

  /** Loads a value of {@code type} from native memory. */
  static @Nullable Object load(Store<?> store, ValType type, long address) {
    return switch (type) {
      case NumType.I32 -> NativeMemory.getInt(address);
      case NumType.I64 -> NativeMemory.getLong(address);
      case NumType.F32 -> NativeMemory.getFloat(address);
      case NumType.F64 -> NativeMemory.getDouble(address);
      case VecType _ -> new V128(NativeMemory.getLong(address), NativeMemory.getLong(address + 8));
      case RefType reference -> object(store, reference, NativeMemory.getLong(address));
      default -> throw unsupported(type);
    };
  }

  /**
   * Stores a value of {@code type} to native memory.
   *
   * @throws IllegalArgumentException when the object is not of that type
   */
  static void store(Store<?> store, ValType type, long address, @Nullable Object value) {
    switch (type) {
      case NumType number -> storeNumber(number, address, value);
      case VecType _ -> {
        if (!(value instanceof V128 vector)) {
          throw mismatch(type, value);
        }
        NativeMemory.putLong(address, vector.low());
        NativeMemory.putLong(address + 8, vector.high());
      }
      case RefType reference -> NativeMemory.putLong(address, handle(store, reference, value));
      default -> throw unsupported(type);
    }
  }

  /** Numbers of smaller types are taken where nothing of them is lost. */
  private static void storeNumber(NumType type, long address, @Nullable Object value) {
    switch (value) {
      case Integer i when type == NumType.I32 ->
          NativeMemory.putLong(address, Integer.toUnsignedLong(i));
      case Long l when type == NumType.I64 -> NativeMemory.putLong(address, l);
      case Float f when type == NumType.F32 -> NativeMemory.putFloat(address, f);
      case Double d when type == NumType.F64 -> NativeMemory.putDouble(address, d);
      case Integer i when type == NumType.I64 -> NativeMemory.putLong(address, i);
      case Integer i when type == NumType.F64 -> NativeMemory.putDouble(address, i);
      case Float f when type == NumType.F64 -> NativeMemory.putDouble(address, f);
      case Short s -> storeNumber(type, address, s.intValue());
      case Byte b -> storeNumber(type, address, b.intValue());
      case null, default -> throw mismatch(type, value);
    }
  }

  /** The object for a reference in guest code. */
  static @Nullable Object object(Store<?> store, RefType type, long handle) {
    if (type.heapType() == AbstractHeapType.EXTERN) {
      return store.vm().references().externs().object(handle);
    }
    if (type.heapType() == AbstractHeapType.EXN) {
      return exception(store, handle);
    }
    VmFunction function = store.vm().references().function(handle);
    return function == null ? null : new Func(store, function);
  }

  /** What stands for an object in guest code. */
  static long handle(Store<?> store, RefType type, @Nullable Object value) {
    if (value == null) {
      if (!type.nullable()) {
        throw mismatch(type, null);
      }
      return 0;
    }
    if (type.heapType() == AbstractHeapType.EXTERN) {
      return store.vm().references().externs().handle(value);
    }
    if (type.heapType() == AbstractHeapType.EXN) {
      if (!(value instanceof TaggedException exception)) {
        throw mismatch(type, value);
      }
      return exceptionHandle(store, exception);
    }
    if (!(value instanceof Func function)) {
      throw mismatch(type, value);
    }
    long reference = store.vm().references().reference(function.vm());
    if (type.heapType() != AbstractHeapType.FUNC
        && !store.vm().references().isReferenceOf(reference, type.heapType().code())) {
      throw new IllegalArgumentException(
          "a function of type %s is no value of type %s".formatted(function.type(), type));
    }
    return reference;
  }

  /** The exception for a reference in guest code, always the same object for the same one. */
  static @Nullable TaggedException exception(Store<?> store, long handle) {
    Object exception = store.vm().references().externs().object(handle);
    if (exception instanceof VmException own) {
      Throwable known = own.throwable();
      if (known == null) {
        known = TaggedException.of(store, own);
        own.setThrowable(known);
      }
      return (TaggedException) known;
    }
    return (TaggedException) exception;
  }

  /** What stands for an exception in guest code. */
  static long exceptionHandle(Store<?> store, @Nullable TaggedException exception) {
    if (exception != null && exception.tag().store() != store) {
      throw new IllegalArgumentException("an exception of another store's tag cannot be used here");
    }
    return store.vm().references().externs().handle(exception);
  }

  private static IllegalArgumentException mismatch(ValType type, @Nullable Object value) {
    String wanted =
        switch (type) {
          case NumType.I32 -> "an Integer";
          case NumType.I64 -> "a Long";
          case NumType.F32 -> "a Float";
          case NumType.F64 -> "a Double";
          case VecType _ -> "a V128";
          case RefType(boolean nullable, HeapType heapType) ->
              (heapType == AbstractHeapType.EXTERN
                      ? "an object"
                      : heapType == AbstractHeapType.EXN ? "a TaggedException" : "a Func")
                  + (nullable ? " or null" : "");
        };
    String actual = value == null ? "null" : value.getClass().getName();
    return new IllegalArgumentException(
        "a value of type %s must be %s, but is %s".formatted(type, wanted, actual));
  }

  private static UnsupportedOperationException unsupported(ValType type) {
    return new UnsupportedOperationException("values of type " + type + " do not work yet");
  }
}
