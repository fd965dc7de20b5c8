package dev.tazza;

import dev.tazza.vm.instance.VmGlobal;
import dev.tazza.wasm.type.GlobalType;
import org.jspecify.annotations.Nullable;

/** A global variable or constant. */
public final class Global implements Extern {
  private final Store<?> store;
  private final VmGlobal vm;

  Global(Store<?> store, VmGlobal vm) {
    this.store = store;
    this.vm = vm;
  }

  /**
   * A new global that no module defines.
   *
   * @param value of the global's type: Integer, Long, Float, Double, {@link V128}, {@link Func} or
   *     any object
   */
  public static Global create(Store<?> store, GlobalType type, @Nullable Object value) {
    HostTypes.check(type);
    store.vm().enter();
    try {
      VmGlobal global = store.vm().newGlobal(type);
      ReferenceValues.store(store, type.valueType(), global.address(), value);
      return new Global(store, global);
    } finally {
      store.vm().leave();
    }
  }

  VmGlobal vm() {
    return vm;
  }

  @Override
  public GlobalType type() {
    return vm.type();
  }

  @Override
  public Store<?> store() {
    return store;
  }

  /** Its value: Integer, Long, Float, Double, {@link V128}, {@link Func} or any object. */
  public @Nullable Object get() {
    store.vm().enter();
    try {
      return ReferenceValues.load(store, type().valueType(), vm.address());
    } finally {
      store.vm().leave();
    }
  }

  /**
   * Sets its value.
   *
   * @throws IllegalStateException when it is constant
   * @throws IllegalArgumentException when {@code value} is not of its type
   */
  public void set(@Nullable Object value) {
    if (!type().mutable()) {
      throw new IllegalStateException("an immutable global cannot be set");
    }
    store.vm().enter();
    try {
      ReferenceValues.store(store, type().valueType(), vm.address(), value);
    } finally {
      store.vm().leave();
    }
  }

  @Override
  public String toString() {
    return type().toString();
  }
}
