package dev.tazza;

import dev.tazza.vm.instance.VmFunction;
import dev.tazza.vm.instance.VmStore;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds instances, and everything they can reach: memories, tables, globals, host functions, Java
 * objects that guests have references to. All of it is freed by {@link #close}, and not before.
 *
 * <p>A store serves one thread at a time, not always the same one; a second thread gets an {@link
 * IllegalStateException}.
 *
 * @param <T> type of the data that host functions find in it, see {@link Caller#data}
 */
public final class Store<T extends @Nullable Object> implements AutoCloseable {
  private final Engine engine;
  private final VmStore vm;
  private final Map<Object, VmFunction> hostFunctions = new IdentityHashMap<>();
  private final Slots slots;

  /** Those of all its host functions of the general form. */
  private final List<Values> values = new ArrayList<>();

  private T data;

  /** A store with data. */
  public Store(Engine engine, T data) {
    this.engine = engine;
    this.data = data;
    this.vm = engine.newStore();
    this.slots = new Slots(this);
  }

  /** A store whose data is null. */
  @SuppressWarnings("NullAway") // T is then a nullable type
  public Store(Engine engine) {
    this(engine, null);
  }

  public Engine engine() {
    return engine;
  }

  /** The embedder's data. */
  public T data() {
    return data;
  }

  public void setData(T data) {
    this.data = data;
  }

  VmStore vm() {
    return vm;
  }

  /** The slots of host functions. */
  Slots slots() {
    return slots;
  }

  /** What a host function is given; ends with the store. */
  Values newValues(ValueKinds kinds) {
    Values made = new Values(slots, kinds);
    values.add(made);
    return made;
  }

  /** The function in this store for a host function that was defined for all stores. */
  VmFunction materialize(HostDefinition<T> definition) {
    VmFunction known = hostFunctions.get(definition);
    if (known == null) {
      known = vm.newHostFunction(definition.type(), definition.bind(this));
      hostFunctions.put(definition, known);
    }
    return known;
  }

  /**
   * Frees everything in it; its memories' segments become invalid. Does nothing when that is done
   * already.
   *
   * @throws IllegalStateException when called from inside the store, or while another thread uses
   *     it: then nothing has happened; or when another thread is using a segment in a native call,
   *     such as a read from a channel: then all but that memory is freed, and the rest by closing
   *     the store again
   */
  @Override
  public void close() {
    try {
      vm.close();
    } finally {
      if (vm.isClosed()) {
        values.forEach(Values::close);
      }
    }
  }
}
