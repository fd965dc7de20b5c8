package dev.tazza;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.type.ValType;
import org.jspecify.annotations.Nullable;

/**
 * The arguments and results of a host function, without boxing. Valid during the call only, and for
 * the thread that it is on: otherwise each method throws an {@link IllegalStateException}.
 *
 * <p>Read arguments before calling guest code, whose values take the same place, and set results
 * after that. A result that is not set is zero or null.
 *
 * <p>Each method throws an {@link IndexOutOfBoundsException} when the function has no argument or
 * result of that number, and an {@link IllegalArgumentException} when it is of another type.
 */
public final class Values {
  private final ValueSlots slots;

  /** Address of slot 0. */
  private final long base;

  /** What may be read and set. */
  private final ValueKinds kinds;

  /**
   * The number of the thread that the call is on, 0 outside of calls. Only a thread itself writes
   * its number here, and takes it back. So who finds its own number is in the call, and nobody can
   * close the store meanwhile; no fence is needed, and compilers may move the check.
   */
  private long thread;

  /** {@link ValueKinds#first} of {@link #kinds}, for the first ones, in reach. */
  private final long firstParams;

  private final byte firstResult;

  /**
   * The results that were set, by their bits; all zero outside of a call. They reach the slots when
   * the function has returned, so that what is passed to the guest is nothing but what was set. The
   * first one stands alone: the JIT compiler keeps it in a register.
   */
  private long result;

  private final long[] furtherResults;

  /** The high halves of those that are vectors; empty when none is. */
  private final long[] highHalves;

  Values(ValueSlots slots, ValueKinds kinds) {
    this.slots = slots;
    this.base = slots.base();
    this.furtherResults = new long[Math.max(kinds.results().length - 1, 0)];
    boolean vectors = kinds.type().results().contains(ValType.V128);
    this.highHalves = new long[vectors ? kinds.results().length : 0];
    this.kinds = kinds;
    this.firstParams = ValueKinds.first(kinds.params());
    this.firstResult = (byte) (ValueKinds.first(kinds.results()) & ValueKinds.MASK);
  }

  /**
   * Begins a call; returns what {@link #end} wants: the function may be called again within the
   * call.
   */
  long begin() {
    long outer = thread;
    thread = Thread.currentThread().threadId();
    return outer;
  }

  /** Ends a call. */
  void end(long outer) {
    thread = outer;
    finish();
  }

  private void requireCall() {
    if (thread != Thread.currentThread().threadId()) {
      throw new IllegalStateException(
          "the values of a host function can be used during the call only, by its thread");
    }
  }

  /** Moves the results to the slots: the function has returned. */
  private void finish() {
    if (firstResult != 0) {
      NativeMemory.putLong(base, result);
      result = 0;
      if (furtherResults.length != 0 || highHalves.length != 0) {
        finishFurther();
      }
    }
  }

  private void finishFurther() {
    for (int i = 0; i < furtherResults.length; i++) {
      slots.setI64(i + 1, furtherResults[i]);
      furtherResults[i] = 0;
    }
    for (int i = 0; i < highHalves.length; i++) {
      slots.setHighHalf(i, highHalves[i]);
      highHalves[i] = 0;
    }
  }

  /** The address of an argument, when there is one like that. */
  private long argument(int index, byte kind) {
    requireCall();
    if (index < 0
        || index >= ValueKinds.FIRST
        || (firstParams >>> ValueKinds.BITS * index & ValueKinds.MASK) != kind) {
      kinds.require(false, index, kind);
    }
    return base + (long) StoreContext.VALUE_SIZE * index;
  }

  private void set(int index, byte kind, long bits) {
    requireCall();
    if (index != 0 || firstResult != kind) {
      setFurther(index, kind, bits);
    } else {
      result = bits;
    }
  }

  private void setFurther(int index, byte kind, long bits) {
    kinds.require(true, index, kind);
    furtherResults[index - 1] = bits;
  }

  public int i32(int index) {
    return NativeMemory.getInt(argument(index, ValueKinds.I32));
  }

  /** An {@code i32} taken as unsigned: an address or a size. */
  public long u32(int index) {
    return Integer.toUnsignedLong(i32(index));
  }

  public long i64(int index) {
    return NativeMemory.getLong(argument(index, ValueKinds.I64));
  }

  public float f32(int index) {
    return NativeMemory.getFloat(argument(index, ValueKinds.F32));
  }

  public double f64(int index) {
    return NativeMemory.getDouble(argument(index, ValueKinds.F64));
  }

  public V128 v128(int index) {
    long at = argument(index, ValueKinds.V128);
    return new V128(NativeMemory.getLong(at), NativeMemory.getLong(at + 8));
  }

  /** An externref: the Java object that was passed in. */
  public @Nullable Object externref(int index) {
    argument(index, ValueKinds.EXTERNREF);
    return slots.externref(index);
  }

  /** A reference to an exception. */
  public @Nullable TaggedException exnref(int index) {
    argument(index, ValueKinds.EXNREF);
    return slots.exnref(index);
  }

  public @Nullable Func funcref(int index) {
    argument(index, ValueKinds.FUNCREF);
    return slots.funcref(index);
  }

  public void setI32(int index, int value) {
    set(index, ValueKinds.I32, Integer.toUnsignedLong(value));
  }

  public void setI64(int index, long value) {
    set(index, ValueKinds.I64, value);
  }

  public void setF32(int index, float value) {
    set(index, ValueKinds.F32, Integer.toUnsignedLong(Float.floatToRawIntBits(value)));
  }

  public void setF64(int index, double value) {
    set(index, ValueKinds.F64, Double.doubleToRawLongBits(value));
  }

  public void setV128(int index, V128 value) {
    set(index, ValueKinds.V128, value.low());
    highHalves[index] = value.high();
  }

  public void setExternref(int index, @Nullable Object value) {
    requireCall();
    set(index, ValueKinds.EXTERNREF, slots.externHandle(value));
  }

  /**
   * @throws IllegalArgumentException also when the exception's tag belongs to another store
   */
  public void setExnref(int index, @Nullable TaggedException value) {
    requireCall();
    set(index, ValueKinds.EXNREF, slots.exceptionHandle(value));
  }

  /**
   * @throws IllegalArgumentException also when the function belongs to another store
   */
  public void setFuncref(int index, @Nullable Func value) {
    requireCall();
    set(index, ValueKinds.FUNCREF, slots.functionReference(value));
  }

  @Override
  public String toString() {
    return "values of a function " + kinds.type();
  }
}
