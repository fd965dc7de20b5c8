package dev.tazza;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.instance.VmFunction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arguments and results of a host function, without boxing. They share their slots: read all
 * arguments before setting a result, and before calling guest code. Valid during the call only. It
 * is not checked that an index is that of an argument or result, nor its type, but for references.
 */
public final class Values {
  private final Store<?> store;
  private final long base;

  /** How many slots there are: none when the store is closed. */
  private int count = StoreContext.VALUE_SLOTS;

  Values(Store<?> store) {
    this.store = store;
    this.base = store.vm().values();
  }

  /** Makes every access fail from now on. */
  void close() {
    count = 0;
  }

  private static final int SIZE = StoreContext.VALUE_SIZE;

  private long slot(int index) {
    return base + (long) SIZE * Objects.checkIndex(index, count);
  }

  public int i32(int index) {
    return NativeMemory.getInt(slot(index));
  }

  public long i64(int index) {
    return NativeMemory.getLong(slot(index));
  }

  public float f32(int index) {
    return NativeMemory.getFloat(slot(index));
  }

  public double f64(int index) {
    return NativeMemory.getDouble(slot(index));
  }

  public V128 v128(int index) {
    long at = slot(index);
    return new V128(NativeMemory.getLong(at), NativeMemory.getLong(at + 8));
  }

  /** An externref: the Java object that was passed in. */
  public @Nullable Object externref(int index) {
    return store.vm().externs().object(i64(index));
  }

  /**
   * A funcref.
   *
   * @throws IllegalArgumentException when the argument is of another type
   */
  public @Nullable Func funcref(int index) {
    if (!isFuncref(index)) {
      throw new IllegalArgumentException("no reference to a function in slot " + index);
    }
    VmFunction function = store.vm().function(i64(index));
    return function == null ? null : new Func(store, function);
  }

  /** Whether the slot has null, or a reference to a function of the store. */
  boolean isFuncref(int index) {
    long reference = i64(index);
    return reference == 0 || store.vm().isReference(reference);
  }

  public void setI32(int index, int value) {
    NativeMemory.putLong(slot(index), Integer.toUnsignedLong(value));
  }

  public void setI64(int index, long value) {
    NativeMemory.putLong(slot(index), value);
  }

  public void setF32(int index, float value) {
    NativeMemory.putFloat(slot(index), value);
  }

  public void setF64(int index, double value) {
    NativeMemory.putDouble(slot(index), value);
  }

  public void setV128(int index, V128 value) {
    long at = slot(index);
    NativeMemory.putLong(at, value.low());
    NativeMemory.putLong(at + 8, value.high());
  }

  public void setExternref(int index, @Nullable Object value) {
    setI64(index, store.vm().externs().handle(value));
  }

  /**
   * @throws IllegalArgumentException when the function belongs to another store
   */
  public void setFuncref(int index, @Nullable Func value) {
    setI64(index, store.vm().reference(value == null ? null : value.vm()));
  }
}
