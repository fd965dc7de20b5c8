package dev.tazza;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.instance.VmFunction;
import org.jspecify.annotations.Nullable;

/**
 * A store's value slots as they are, without any check: for callers that know the function's type
 * and are inside a call of it. Arguments and results share them, from slot 0 on. Everybody else
 * goes through {@link Values}.
 */
final class ValueSlots {
  private static final int SIZE = StoreContext.VALUE_SIZE;

  private final Store<?> store;
  private final long base;

  ValueSlots(Store<?> store) {
    this.store = store;
    this.base = store.vm().calls().values();
  }

  /** Address of slot 0. */
  long base() {
    return base;
  }

  private long slot(int index) {
    return base + (long) SIZE * index;
  }

  int i32(int index) {
    return NativeMemory.getInt(slot(index));
  }

  long i64(int index) {
    return NativeMemory.getLong(slot(index));
  }

  float f32(int index) {
    return NativeMemory.getFloat(slot(index));
  }

  double f64(int index) {
    return NativeMemory.getDouble(slot(index));
  }

  V128 v128(int index) {
    long at = slot(index);
    return new V128(NativeMemory.getLong(at), NativeMemory.getLong(at + 8));
  }

  @Nullable Object externref(int index) {
    return store.vm().references().externs().object(i64(index));
  }

  @Nullable Func funcref(int index) {
    VmFunction function = store.vm().references().function(i64(index));
    return function == null ? null : new Func(store, function);
  }

  @Nullable TaggedException exnref(int index) {
    return ReferenceValues.exception(store, i64(index));
  }

  void setI32(int index, int value) {
    NativeMemory.putLong(slot(index), Integer.toUnsignedLong(value));
  }

  void setI64(int index, long value) {
    NativeMemory.putLong(slot(index), value);
  }

  void setF32(int index, float value) {
    NativeMemory.putFloat(slot(index), value);
  }

  void setF64(int index, double value) {
    NativeMemory.putDouble(slot(index), value);
  }

  void setV128(int index, V128 value) {
    setI64(index, value.low());
    setHighHalf(index, value.high());
  }

  /** The upper 64 bits of a vector. */
  void setHighHalf(int index, long bits) {
    NativeMemory.putLong(slot(index) + 8, bits);
  }

  void setExternref(int index, @Nullable Object value) {
    setI64(index, externHandle(value));
  }

  void setFuncref(int index, @Nullable Func value) {
    setI64(index, functionReference(value));
  }

  /** What stands for {@code value} in guest code. */
  long externHandle(@Nullable Object value) {
    return store.vm().references().externs().handle(value);
  }

  void setExnref(int index, @Nullable TaggedException value) {
    setI64(index, exceptionHandle(value));
  }

  /**
   * What stands for {@code value} in guest code.
   *
   * @throws IllegalArgumentException when its tag belongs to another store
   */
  long exceptionHandle(@Nullable TaggedException value) {
    return ReferenceValues.exceptionHandle(store, value);
  }

  /**
   * What stands for {@code value} in guest code.
   *
   * @throws IllegalArgumentException when the function belongs to another store
   */
  long functionReference(@Nullable Func value) {
    return store.vm().references().reference(value == null ? null : value.vm());
  }
}
