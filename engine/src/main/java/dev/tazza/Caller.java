package dev.tazza;

import dev.tazza.vm.instance.VmInstance;
import org.jspecify.annotations.Nullable;

/**
 * Who calls a host function.
 *
 * @param <T> type of the store's data
 */
public final class Caller<T extends @Nullable Object> {
  private final Store<T> store;
  private final @Nullable Instance instance;

  Caller(Store<T> store, @Nullable VmInstance instance) {
    this.store = store;
    this.instance = instance == null ? null : new Instance(store, instance);
  }

  public Store<T> store() {
    return store;
  }

  /** The store's data. */
  public T data() {
    return store.data();
  }

  /**
   * The instance whose import was called; null when the function was called by reference or from
   * Java.
   */
  public @Nullable Instance instance() {
    return instance;
  }

  /** The calling instance's export with this name, or null. */
  public @Nullable Extern export(String name) {
    return instance == null ? null : instance.findExport(name);
  }

  /**
   * The memory that the calling instance exports under this name.
   *
   * @throws IllegalStateException when it exports none
   */
  public Memory memory(String name) {
    if (export(name) instanceof Memory memory) {
      return memory;
    }
    throw new IllegalStateException("the caller exports no memory \"" + name + "\"");
  }

  @Override
  public String toString() {
    return "call by " + (instance == null ? "the host" : instance);
  }
}
