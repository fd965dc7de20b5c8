package dev.tazza;

import dev.tazza.vm.instance.VmTable;
import dev.tazza.wasm.type.TableType;
import org.jspecify.annotations.Nullable;

/** A table of references: {@link Func}s, or any Java objects for externref. */
public final class Table implements Extern {
  private final Store<?> store;
  private final VmTable vm;

  Table(Store<?> store, VmTable vm) {
    this.store = store;
    this.vm = vm;
  }

  /**
   * A new table of nulls that no module defines.
   *
   * @throws IllegalArgumentException when its limits are not in order or above 2^32 - 1
   */
  public static Table create(Store<?> store, TableType type) {
    HostTypes.check(type);
    store.vm().enter();
    try {
      return new Table(store, store.vm().newTable(type));
    } finally {
      store.vm().leave();
    }
  }

  VmTable vm() {
    return vm;
  }

  @Override
  public TableType type() {
    return vm.type();
  }

  @Override
  public Store<?> store() {
    return store;
  }

  /** Current number of elements. */
  public long size() {
    store.requireOpen();
    return vm.storage().length();
  }

  /**
   * The element at {@code index}.
   *
   * @throws IndexOutOfBoundsException when there is none
   */
  public @Nullable Object get(long index) {
    store.vm().enter();
    try {
      check(index);
      return ReferenceValues.object(store, type().elementType(), vm.storage().get(index));
    } finally {
      store.vm().leave();
    }
  }

  /**
   * Sets the element at {@code index}.
   *
   * @throws IndexOutOfBoundsException when there is none
   * @throws IllegalArgumentException when {@code value} is not of the element type
   */
  public void set(long index, @Nullable Object value) {
    store.vm().enter();
    try {
      check(index);
      vm.storage().set(index, ReferenceValues.handle(store, type().elementType(), value));
    } finally {
      store.vm().leave();
    }
  }

  /**
   * Adds {@code delta} elements, all {@code value}.
   *
   * @return the size before, or -1 when it cannot grow so far, or a limiter refused
   * @throws IllegalStateException when called from an epoch callback
   */
  public long grow(long delta, @Nullable Object value) {
    store.vm().enter();
    try {
      store.vm().requireNotStopped();
      return vm.grow(delta, ReferenceValues.handle(store, type().elementType(), value));
    } finally {
      store.vm().leave();
    }
  }

  private void check(long index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(
          "element %d of a table of %d elements".formatted(index, size()));
    }
  }

  @Override
  public String toString() {
    return type().toString();
  }
}
