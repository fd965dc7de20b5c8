package dev.tazza;

import dev.tazza.vm.instance.VmInstance;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.SnapshotWriter;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.WasmModule;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** An instance of a module. Lives as long as its store and belongs to the same thread as that. */
public final class Instance {
  private final Store<?> store;
  private final VmInstance vm;

  Instance(Store<?> store, VmInstance vm) {
    this.store = store;
    this.vm = vm;
  }

  /**
   * Instantiates a module and runs its start function. A {@link Linker} finds the imports by name.
   *
   * @param imports one for each import of the module, in order
   * @throws WasmException a LinkException when an import does not fit, a Trap when a segment does
   *     not fit or the start function traps
   */
  public static Instance instantiate(Store<?> store, Module module, List<Extern> imports) {
    store.vm().enter();
    try {
      List<Object> values = new ArrayList<>(imports.size());
      for (Extern extern : imports) {
        values.add(vm(extern, store));
      }
      return instantiateVm(store, module, values);
    } finally {
      store.vm().leave();
    }
  }

  static Instance instantiateVm(Store<?> store, Module module, List<?> imports) {
    if (module.engine() != store.engine()) {
      throw new IllegalArgumentException("the module was compiled by another engine");
    }
    if (module.compiled().module().startFunction() >= 0) {
      store.requireSync("Linker.instantiateAsync");
    }
    store.vm().enter();
    try {
      return new Instance(store, store.vm().instantiate(module.loaded(), imports));
    } finally {
      store.vm().leave();
    }
  }

  /**
   * What an import is.
   *
   * @param store whose instance imports it
   */
  static Object vm(Extern extern, Store<?> store) {
    return switch (extern) {
      case Func func -> func.vm();
      case Memory memory -> memory.vmIn(store);
      case Table table -> table.vm();
      case Global global -> global.vm();
      case Tag tag -> tag.vm();
    };
  }

  VmInstance vm() {
    return vm;
  }

  public Store<?> store() {
    return store;
  }

  /** The export with this name, or null. */
  public @Nullable Extern findExport(String name) {
    store.requireOpen();
    Export export = vm.export(Objects.requireNonNull(name, "name"));
    return export == null ? null : extern(export);
  }

  private Extern extern(Export export) {
    int index = export.index();
    return switch (export.kind()) {
      case FUNC -> new Func(store, vm.function(index));
      case MEMORY -> new Memory(store, vm.memory(index));
      case TABLE -> new Table(store, vm.table(index));
      case GLOBAL -> new Global(store, vm.global(index));
      case TAG -> new Tag(store, vm.tag(index));
    };
  }

  /**
   * The instance as an object of an interface of yours, each of whose abstract methods is an export
   * of the same name, or that of its {@link WasmName}, or else the only one that is spelt like it
   * but for case, {@code _} and {@code -}.
   *
   * <p>A method has exactly the Java type of the function that it calls, see {@link Func#handle};
   * in place of {@code Object} for externref any class may stand. A method that takes nothing and
   * returns a {@link Memory}, {@link Table}, {@link Global} or {@link Tag} returns the export
   * itself. Calls are as fast as through handles, and throw the same.
   *
   * @param type an interface that is public, or whose package is open to this module
   * @throws IllegalArgumentException when it is none, or a method has no export that fits: all such
   *     methods are told
   */
  public <I> I as(Class<I> type) {
    return ExportInterface.implement(this, type, null);
  }

  /**
   * The same for an interface that need not be open to this module.
   *
   * @param lookup the caller's, {@code MethodHandles.lookup()}, which may access the interface
   */
  public <I> I as(Class<I> type, Lookup lookup) {
    return ExportInterface.implement(this, type, Objects.requireNonNull(lookup, "lookup"));
  }

  /**
   * A module whose instances begin as this one is now: with the contents of its memories and tables
   * and the values of its globals, and without a start function. A program that takes long to get
   * ready does that once, when it is built ("pre-initialization").
   *
   * <p>What is imported is not in it, and what is outside of the guest, such as open files, is not
   * either. Segments that the guest has dropped are there again.
   *
   * @param module what this is an instance of, in either format
   * @param withoutExports names of exports to leave out, such as the function that made it ready
   * @return the module in the binary format
   * @throws IllegalArgumentException when it is an instance of another module
   * @throws UnsupportedOperationException when its state cannot be in a module: references to Java
   *     objects or to functions of others, shared memories
   * @throws IllegalStateException when the store is closed or in use
   */
  public byte[] snapshot(byte[] module, String... withoutExports) {
    WasmModule decoded = ModuleReader.read(module, store.engine().config().features());
    if (!vm.loaded().compiled().isLeftOf(decoded)) {
      throw new IllegalArgumentException("this is an instance of another module");
    }
    store.vm().enter();
    try {
      return SnapshotWriter.write(decoded, new InstanceSnapshot(store, vm), Set.of(withoutExports));
    } finally {
      store.vm().leave();
    }
  }

  /** All exports by their names, in the module's order. Unmodifiable. */
  public Map<String, Extern> exports() {
    store.requireOpen();
    Map<String, Extern> exports = new LinkedHashMap<>();
    for (Export export : vm.module().exports()) {
      exports.put(export.name(), extern(export));
    }
    return Collections.unmodifiableMap(exports);
  }

  /** The names of all exports, in the module's order. */
  public List<String> exportNames() {
    store.requireOpen();
    List<String> names = new ArrayList<>();
    for (Export export : vm.module().exports()) {
      names.add(export.name());
    }
    return names;
  }

  /**
   * The exported function with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Func func(String name) {
    return find(name, Func.class, "function");
  }

  /**
   * The exported memory with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Memory memory(String name) {
    return find(name, Memory.class, "memory");
  }

  /**
   * The exported table with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Table table(String name) {
    return find(name, Table.class, "table");
  }

  /**
   * The exported global with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Global global(String name) {
    return find(name, Global.class, "global");
  }

  /**
   * The exported tag with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Tag tag(String name) {
    return find(name, Tag.class, "tag");
  }

  private <E extends Extern> E find(String name, Class<E> kind, String kindName) {
    Extern export = findExport(name);
    if (kind.isInstance(export)) {
      return kind.cast(export);
    }
    StringJoiner others = new StringJoiner(", ", "; its exports are: ", "");
    others.setEmptyValue("; it exports nothing");
    vm.module().exports().stream()
        .limit(20)
        .forEach(other -> others.add("%s \"%s\"".formatted(other.kind(), other.name())));
    throw new IllegalArgumentException(
        "the module exports no %s \"%s\"%s".formatted(kindName, name, others));
  }

  @Override
  public String toString() {
    String name = vm.module().names().module();
    return "instance of " + (name == null ? "a module without name" : name);
  }
}
