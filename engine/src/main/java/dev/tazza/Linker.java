package dev.tazza;

import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ImportType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Gives names to what modules import. Host functions and shared memories are defined once for all
 * stores; other memories, tables, globals and instances belong to one store, and a module that
 * imports them can only be instantiated there.
 *
 * <p>Not thread-safe while definitions are added; {@link #instantiate} may be called by many
 * threads after that, as {@link #instantiatePre} may.
 *
 * @param <T> type of the stores' data
 */
public final class Linker<T extends @Nullable Object> {
  private record Name(String module, String name) {
    Name {
      Objects.requireNonNull(module, "module");
      Objects.requireNonNull(name, "name");
    }

    // Plain code: what a record gets from the compiler keeps a copy of Tazza in memory.

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name that && module.equals(that.module) && name.equals(that.name);
    }

    @Override
    public int hashCode() {
      return 31 * module.hashCode() + name.hashCode();
    }

    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  private final Engine engine;

  /** {@link HostDefinition}, {@link Extern}, {@link SharedMemory} or {@link DefaultValue}. */
  private final Map<Name, Object> definitions = new HashMap<>();

  private boolean allowShadowing;

  /** What was made for the last module; null after a change. */
  private volatile @Nullable InstancePre<T> prepared;

  public Linker(Engine engine) {
    this.engine = Objects.requireNonNull(engine, "engine");
  }

  /** The engine whose modules it links. */
  public Engine engine() {
    return engine;
  }

  /** Whether a name may be defined again, which replaces the first definition. Default: false. */
  public Linker<T> allowShadowing(boolean allow) {
    allowShadowing = allow;
    return this;
  }

  /**
   * Defines something that is in a store.
   *
   * @throws IllegalArgumentException when the name is taken
   */
  public Linker<T> define(String module, String name, Extern value) {
    return add(module, name, Objects.requireNonNull(value, "value"));
  }

  /**
   * Defines a shared memory for all stores.
   *
   * @throws IllegalArgumentException when the name is taken, or the memory is another engine's
   */
  public Linker<T> define(String module, String name, SharedMemory memory) {
    if (memory.engine() != engine) {
      throw new IllegalArgumentException("the shared memory belongs to another engine");
    }
    return add(module, name, memory);
  }

  /**
   * Defines a host function in its general form.
   *
   * @throws IllegalArgumentException when the name is taken
   */
  public Linker<T> func(String module, String name, FuncType type, HostFunction<T> function) {
    return add(module, name, HostDefinition.general(type, function));
  }

  /**
   * Defines a host function by a method handle, whose type decides the function's: int, long,
   * float, double, {@link Func}, or any reference type for externref. A first parameter of type
   * {@link Caller} gets the caller.
   *
   * @throws IllegalArgumentException when the name is taken, or no function type corresponds to the
   *     handle's
   */
  public Linker<T> func(String module, String name, MethodHandle function) {
    return add(module, name, TypedHost.<T>definition(function));
  }

  /**
   * Defines a host function by a lambda for a functional interface, such as {@code func("env",
   * "add", IntBinaryOperator.class, (a, b) -> a + b)}.
   *
   * @throws IllegalArgumentException when the name is taken, or no function type corresponds to the
   *     interface's method
   */
  public <F> Linker<T> func(String module, String name, Class<F> type, F function) {
    return add(module, name, HostLambda.<T, F>definition(type, function));
  }

  /**
   * Defines the methods of an object as host functions, each under its own name or that of its
   * {@link WasmName}: those with a {@link WasmName} if any has one, otherwise all public ones but
   * those of {@link Object}. Their types follow as for {@link #func(String, String, MethodHandle)};
   * a first parameter of type {@link Caller} gets the caller.
   *
   * @throws IllegalArgumentException when a name is taken or two methods have it, no function type
   *     corresponds to a method, or the object's class is not public: then nothing is defined
   */
  public Linker<T> host(String module, Object object) {
    Objects.requireNonNull(module, "module");
    return host(module, HostObject.functions(object, null));
  }

  /**
   * The same for an object whose class need not be public.
   *
   * @param lookup the caller's, {@code MethodHandles.lookup()}, which may access the methods
   */
  public Linker<T> host(String module, Object object, Lookup lookup) {
    Objects.requireNonNull(module, "module");
    return host(module, HostObject.functions(object, Objects.requireNonNull(lookup, "lookup")));
  }

  /**
   * Defines the abstract methods of an interface as host functions that {@code object} implements,
   * each under its own name or that of its {@link WasmName}. Otherwise as {@link #host(String,
   * Object)}.
   *
   * @param lookup the caller's, {@code MethodHandles.lookup()}, which may access the interface
   */
  public <I> Linker<T> host(String module, Class<I> type, I object, Lookup lookup) {
    Objects.requireNonNull(module, "module");
    return host(
        module, HostObject.functions(type, object, Objects.requireNonNull(lookup, "lookup")));
  }

  private Linker<T> host(String module, Map<String, MethodHandle> functions) {
    Map<Name, HostDefinition<T>> added = new HashMap<>();
    functions.forEach(
        (name, function) -> added.put(new Name(module, name), TypedHost.definition(function)));
    added.keySet().forEach(this::requireFree);
    added.forEach(this::put);
    return this;
  }

  /**
   * Defines a host function that may give its results later: meanwhile the guest waits, and holds
   * no thread. For guests that are called by {@link Func#callAsync}.
   *
   * @throws IllegalArgumentException when the name is taken
   * @throws IllegalStateException when {@link Config#asyncSupport} is off
   */
  public Linker<T> funcAsync(
      String module, String name, FuncType type, AsyncHostFunction<T> function) {
    HostDefinition<T> definition = HostDefinition.async(type, function);
    Name key = new Name(module, name);
    if (!engine.config().asyncSupport()) {
      throw new IllegalStateException(
          "asynchronous host functions are off; turn them on with Config.asyncSupport(true)");
    }
    return add(key, definition);
  }

  /** Defines all exports of an instance under a module name. */
  public Linker<T> instance(String module, Instance instance) {
    for (String name : instance.exportNames()) {
      Extern export = instance.findExport(name);
      if (export != null) {
        define(module, name, export);
      }
    }
    return this;
  }

  /** Whether something is defined under this name. */
  public boolean isDefined(String module, String name) {
    return definitions.containsKey(new Name(module, name));
  }

  /**
   * Defines under a second name what is defined under a first one.
   *
   * @throws IllegalArgumentException when nothing is defined under the first name, or the second is
   *     taken
   */
  public Linker<T> alias(String module, String name, String asModule, String asName) {
    Name known = new Name(module, name);
    Name as = new Name(asModule, asName);
    Object definition = definitions.get(known);
    if (definition == null) {
      throw new IllegalArgumentException(known + " is not defined");
    }
    return add(as, definition);
  }

  /**
   * Instantiates a module with what is defined so far, and defines all its exports under a name.
   *
   * @throws WasmException as {@link #instantiate}
   */
  public Linker<T> module(Store<T> store, String name, Module module) {
    return instance(name, instantiate(store, module));
  }

  /**
   * Defines functions that trap when called for all functions that {@code module} imports and that
   * are not defined.
   */
  public Linker<T> defineUnknownImportsAsTraps(Module module) {
    for (ImportType wanted : module.imports()) {
      Name name = new Name(wanted.module(), wanted.name());
      if (wanted.type() instanceof FuncType type && !definitions.containsKey(name)) {
        HostFunction<T> function = (caller, values) -> trapUnknown(name, caller);
        put(name, HostDefinition.general(type, function));
      }
    }
    return this;
  }

  private static void trapUnknown(Name name, Caller<?> caller) {
    String message = "unknown import: \"" + name + "\" has not been defined";
    throw caller.store().vm().trap(TrapCode.UNKNOWN_IMPORT, message);
  }

  /**
   * Defines everything that {@code module} imports and that is not defined: functions that return
   * zeros and nulls, and memories, tables and globals of the least size and value zero, new in each
   * store.
   */
  public Linker<T> defineUnknownImportsAsDefaultValues(Module module) {
    for (ImportType wanted : module.imports()) {
      Name name = new Name(wanted.module(), wanted.name());
      if (definitions.containsKey(name)) {
        continue;
      }
      if (wanted.type() instanceof FuncType type) {
        put(name, HostDefinition.typed(type, Linker.<T>zeros(type)));
      } else {
        put(name, new DefaultValue());
      }
    }
    return this;
  }

  /** Stands for a memory, table or global made when it is needed. */
  record DefaultValue() {}

  private static <T extends @Nullable Object> SlotFunction<T> zeros(FuncType type) {
    int count = type.results().size();
    return (caller, slots) -> {
      for (int i = 0; i < count; i++) {
        slots.setV128(i, V128.ZERO);
      }
    };
  }

  private Linker<T> add(String module, String name, Object definition) {
    return add(new Name(module, name), definition);
  }

  private Linker<T> add(Name name, Object definition) {
    requireFree(name);
    put(name, definition);
    return this;
  }

  private void requireFree(Name name) {
    if (!allowShadowing && definitions.containsKey(name)) {
      throw new IllegalArgumentException(name + " is defined already");
    }
  }

  private void put(Name name, Object definition) {
    definitions.put(name, definition);
    prepared = null;
  }

  /**
   * Makes an instance in {@code store} and runs its start function. Finds the imports again when
   * the module is another one than last time: {@link #instantiatePre} is for those that take turns.
   *
   * @throws WasmException a LinkException when an import is not defined or of the wrong type, a
   *     {@link Trap} when a segment does not fit or the start function traps
   */
  public Instance instantiate(Store<T> store, Module module) {
    InstancePre<T> known = prepared;
    if (known == null || known.module() != module) {
      known = instantiatePre(module);
      prepared = known;
    }
    return known.instantiate(store);
  }

  /**
   * The same for stores of an engine with {@link Config#asyncSupport}: the start function runs on
   * the store's executor. What is wrong with the imports is thrown here.
   */
  public CompletableFuture<Instance> instantiateAsync(Store<T> store, Module module) {
    Objects.requireNonNull(module, "module");
    store.requireAsync();
    return instantiatePre(module).instantiateAsync(store);
  }

  /**
   * Finds the definitions for a module's imports, and checks the types of those that are host
   * functions. What is defined afterwards does not matter to the result.
   *
   * @throws WasmException a LinkException when an import is not defined or of the wrong type
   */
  public InstancePre<T> instantiatePre(Module module) {
    if (module.engine() != engine) {
      throw new IllegalArgumentException("the module was compiled by another engine");
    }
    List<ImportType> wanted = module.imports();
    Object[] found = new Object[wanted.size()];
    List<ImportType> unfit = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      Object definition = definition(wanted.get(i));
      if (definition == null || !mayFit(definition, wanted.get(i))) {
        unfit.add(wanted.get(i));
      } else {
        found[i] = definition;
      }
    }
    if (!unfit.isEmpty()) {
      throw new LinkException(problems(unfit).message());
    }
    return new InstancePre<>(module, found);
  }

  private @Nullable Object definition(ImportType wanted) {
    return definitions.get(new Name(wanted.module(), wanted.name()));
  }

  /** What is of a store is checked when it is known which. */
  private static boolean mayFit(Object definition, ImportType wanted) {
    return !(definition instanceof HostDefinition<?> host) || host.type().equals(wanted.type());
  }

  private ImportProblems problems(List<ImportType> unfit) {
    List<ImportType> missing = new ArrayList<>();
    List<ImportProblems.Mismatch> mismatches = new ArrayList<>();
    for (ImportType wanted : unfit) {
      if (definition(wanted) instanceof HostDefinition<?> host) {
        mismatches.add(new ImportProblems.Mismatch(wanted, host.type()));
      } else {
        missing.add(wanted);
      }
    }
    List<String> defined = definitions.keySet().stream().map(Name::toString).sorted().toList();
    return new ImportProblems(missing, mismatches, defined);
  }

  /** The names that are defined, in order. */
  @Override
  public String toString() {
    return "linker with " + definitions.keySet().stream().map(Name::toString).sorted().toList();
  }
}
