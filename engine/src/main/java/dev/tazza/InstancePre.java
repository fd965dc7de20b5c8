package dev.tazza;

import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.instance.VmInstance;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import dev.tazza.wasm.type.ValType;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A module and the definitions of its imports, found and checked once by {@link
 * Linker#instantiatePre} and instantiated as often as needed. Keeps the module, but does not keep
 * it open. Thread-safe.
 *
 * <p>The name is Wasmtime's.
 *
 * @param <T> type of the stores' data
 */
public final class InstancePre<T extends @Nullable Object> {
  private final Module module;
  private final List<ImportType> imports;

  /**
   * For each import a {@link HostDefinition}, {@link Extern}, {@link SharedMemory} or {@link
   * Linker.DefaultValue}.
   */
  private final Object[] definitions;

  /** By import: whether it is a function that fits in every store. */
  private final boolean[] checked;

  InstancePre(Module module, Object[] definitions) {
    this.module = module;
    this.imports = module.imports();
    this.definitions = definitions;
    this.checked = check(module.compiled().module());
  }

  private boolean[] check(WasmModule wasm) {
    boolean[] fits = new boolean[definitions.length];
    int functions = 0;
    for (int i = 0; i < fits.length; i++) {
      if (imports.get(i).type() instanceof FuncType) {
        int type = wasm.functionTypeIndex(functions++);
        fits[i] =
            definitions[i] instanceof HostDefinition<?> host
                && LoadedModule.acceptsHost(wasm, type, host.type());
      }
    }
    return fits;
  }

  /** The module that was prepared. */
  public Module module() {
    return module;
  }

  /**
   * Makes an instance in {@code store} and runs its start function.
   *
   * @throws IllegalStateException when the module is closed
   * @throws WasmException a LinkException when a memory, table, global or another instance's
   *     function does not fit, or is in another store; a {@link Trap} when a segment does not fit
   *     or the start function traps
   */
  public Instance instantiate(Store<T> store) {
    if (startFunction() >= 0) {
      store.requireSync("Linker.instantiateAsync");
    }
    return instantiate(store, true);
  }

  /** {@link Linker#instantiateAsync}. */
  CompletableFuture<Instance> instantiateAsync(Store<T> store) {
    Instance instance = instantiate(store, false);
    if (startFunction() < 0) {
      return CompletableFuture.completedFuture(instance);
    }
    Func start = new Func(store, instance.vm().function(startFunction()));
    return start.callAsync().thenApply(_ -> instance);
  }

  private int startFunction() {
    return module.compiled().module().startFunction();
  }

  private Instance instantiate(Store<T> store, boolean starts) {
    if (store.engine() != module.engine()) {
      throw new IllegalArgumentException("the store belongs to another engine than the module");
    }
    Object[] values = new Object[definitions.length];
    store.vm().enter();
    try {
      for (int i = 0; i < values.length; i++) {
        values[i] = value(store, i);
      }
      VmInstance instance =
          store.vm().instantiateWithoutStart(module.loaded(), Arrays.asList(values), checked);
      if (starts) {
        store.vm().start(instance);
      }
      return new Instance(store, instance);
    } finally {
      store.vm().leave();
    }
  }

  private Object value(Store<T> store, int index) {
    Object definition = definitions[index];
    if (definition instanceof HostDefinition<?>) {
      return store.materialize(hostDefinition(definition));
    }
    Extern extern =
        switch (definition) {
          case Extern there -> there;
          case SharedMemory memory -> memory.in(store);
          default -> defaultValue(store, imports.get(index));
        };
    return Instance.vm(extern, store);
  }

  @SuppressWarnings("unchecked")
  private HostDefinition<T> hostDefinition(Object definition) {
    return (HostDefinition<T>) definition; // only such are in a linker for stores of T
  }

  private static Extern defaultValue(Store<?> store, ImportType wanted) {
    return switch (wanted.type()) {
      case MemoryType type -> Memory.create(store, type);
      case TableType type -> Table.create(store, type);
      case GlobalType type -> Global.create(store, type, zero(type.valueType()));
      case TagType type -> Tag.create(store, type);
      case FuncType _ -> throw new IllegalStateException("has a definition");
    };
  }

  private static @Nullable Object zero(ValType type) {
    return switch (type) {
      case NumType.I32 -> 0;
      case NumType.I64 -> 0L;
      case NumType.F32 -> 0f;
      case NumType.F64 -> 0.0;
      default -> null;
    };
  }

  @Override
  public String toString() {
    return module + ", ready to be instantiated";
  }
}
