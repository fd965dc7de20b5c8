package dev.tazza.vm.instance;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.HostFunctionContext;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.LazyElements;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import java.util.List;

/**
 * Makes an instance (specification, section 4.5.4) of a module that somebody retains: link the
 * imports, make what the module defines, initialize globals, copy active segments, run the start
 * function. When a later step traps, earlier effects stay, as the specification has it.
 */
final class Instantiation {
  private final VmStore store;
  private final LoadedModule loaded;
  private final WasmModule module;
  private final InstanceTemplate template;

  /** What the context says of imported functions, and their contexts: each copied at once. */
  private final long[] linkedFunctions;

  private final long[] importContexts;

  Instantiation(VmStore store, LoadedModule loaded) {
    this.store = store;
    this.loaded = loaded;
    this.module = loaded.module();
    this.template = loaded.template();
    int functions = module.importedFunctionCount();
    this.linkedFunctions = new long[VmLayout.IMPORT_SIZE / 8 * functions];
    this.importContexts = new long[VmLayout.IMPORT_CONTEXT_SIZE / 8 * functions];
  }

  VmInstance run(List<?> imports) {
    VmInstance instance = store.newInstance(loaded);
    link(instance, imports);
    instance.writeImportedReferences();
    defineTags(instance);
    defineTables(instance);
    defineMemories(instance);
    defineGlobals(instance);
    copyElements(instance);
    copyData(instance);
    return instance;
  }

  // Imports.

  /**
   * Checks the imports, by which nothing changes.
   *
   * @param checked by position: host functions that are known to fit; false for all others
   * @throws LinkException when one does not have the type that the module wants
   */
  void check(List<?> imports, boolean[] checked) {
    List<ImportType> wanted = module.imports();
    if (imports.size() != wanted.size()) {
      throw new LinkException(
          "the module has " + wanted.size() + " imports, but " + imports.size() + " were given");
    }
    int functions = 0;
    int tags = 0;
    for (int i = 0; i < wanted.size(); i++) {
      int index =
          switch (wanted.get(i).type()) {
            case FuncType _ -> functions++;
            case TagType _ -> tags++;
            default -> -1;
          };
      if (i >= checked.length || !checked[i]) {
        check(wanted.get(i), imports.get(i), index);
      }
    }
  }

  /**
   * Whether a function may be imported.
   *
   * @param index the import's function index
   */
  private boolean fits(VmFunction given, int index) {
    int wanted = module.functionTypeIndex(index);
    return given.isHost()
        ? loaded.acceptsHost(wanted, given.type())
        : given.store() == store
            && store.types().isDeclaredSubtype(given.typeId(), loaded.typeId(wanted));
  }

  /**
   * @param index of a function or tag
   */
  private void check(ImportType wanted, Object given, int index) {
    if (wanted.type() instanceof FuncType
        && given instanceof VmFunction candidate
        && candidate.store() == store
        && fits(candidate, index)) {
      return;
    }
    boolean fits =
        switch (wanted.type()) {
          case FuncType type ->
              given instanceof VmFunction candidate
                  && (candidate.store() == store
                      ? fits(candidate, index)
                      : candidate.type().equals(type));
          case TagType _ ->
              given instanceof VmTag tag
                  && (tag.store() != store
                      || tag.typeId() == loaded.typeId(module.tagTypeIndex(index)));
          case GlobalType type ->
              given instanceof VmGlobal global && fits(global.type(), loaded.numbered(type));
          case TableType type ->
              given instanceof VmTable table
                  && table.type().elementType().equals(loaded.numbered(type).elementType())
                  && fits(table.storage().length(), table.type().limits(), type.limits());
          case MemoryType type ->
              given instanceof VmMemory memory
                  && memory.type().pageSizeLog2() == type.pageSizeLog2()
                  && fits(memory.pages(), memory.type().limits(), type.limits());
        };
    if (!fits) {
      throw new LinkException(
          "incompatible import type: %s.%s must be %s, but is %s"
              .formatted(wanted.module(), wanted.name(), describe(wanted.type()), describe(given)));
    }
    if (storeOf(given) != store) {
      throw new LinkException(
          "%s.%s belongs to another store".formatted(wanted.module(), wanted.name()));
    }
  }

  /** What can be read must be of a subtype, what can be written of the same type. */
  private boolean fits(GlobalType given, GlobalType wanted) {
    return given.mutable() == wanted.mutable()
        && (given.valueType().equals(wanted.valueType())
            || !given.mutable()
                && store
                    .types()
                    .matching()
                    .matches(given.valueType().code(), wanted.valueType().code()));
  }

  private static boolean fits(long size, Limits given, Limits wanted) {
    return given.is64() == wanted.is64()
        && given.shared() == wanted.shared()
        && Long.compareUnsigned(size, wanted.minimum()) >= 0
        && (!wanted.hasMaximum()
            || given.hasMaximum() && Long.compareUnsigned(given.maximum(), wanted.maximum()) <= 0);
  }

  private static VmStore storeOf(Object given) {
    return switch (given) {
      case VmFunction function -> function.store();
      case VmGlobal global -> global.store();
      case VmTable table -> table.store();
      case VmMemory memory -> memory.store();
      case VmTag tag -> tag.store();
      default -> throw new IllegalArgumentException("not an external value: " + given);
    };
  }

  private static String describe(Object type) {
    return switch (type) {
      case FuncType func -> "a function " + func;
      case VmFunction function -> "a function " + function.type();
      case VmGlobal global -> "a " + global.type();
      case VmTable table ->
          "a table of %d elements, %s".formatted(table.storage().length(), table.type());
      case VmMemory memory -> "a memory of %d pages, %s".formatted(memory.pages(), memory.type());
      case VmTag tag -> "a tag " + tag.type();
      default -> "a " + type;
    };
  }

  private void link(VmInstance instance, List<?> imports) {
    int other = 0;
    int functions = 0;
    for (int i = 0; i < imports.size(); i++) {
      if (imports.get(i) instanceof VmFunction function) {
        linkFunction(instance, functions++, function);
      } else {
        other++;
      }
    }
    if (functions > 0) {
      NativeMemory.copy(linkedFunctions, instance.context + instance.layout().importedFunction(0));
      NativeMemory.copy(importContexts, instance.context + template.importContext(0));
    }
    if (other > 0) {
      linkOthers(instance, imports);
    }
  }

  private void linkFunction(VmInstance instance, int index, VmFunction function) {
    long code;
    long context = instance.context + template.importContext(index);
    int words = VmLayout.IMPORT_CONTEXT_SIZE / 8 * index;
    int reference = words + VmLayout.IMPORT_REFERENCE / 8;
    if (function.isHost()) {
      code = loaded.exitTrampoline(module.functionTypeIndex(index));
      importContexts[words] =
          HostFunctionContext.MAGIC_VALUE | (long) function.host() << 8 * HostFunctionContext.INDEX;
      importContexts[words + HostFunctionContext.CALLER / 8] = instance.number + 1L;
      importContexts[reference + FuncRefLayout.CODE / 8] = code;
      importContexts[reference + FuncRefLayout.CONTEXT / 8] = context;
    } else {
      code = loaded.importedTrampoline(module.functionTypeIndex(index));
      importContexts[words + VmLayout.IMPORT_CODE / 8] = function.code();
      importContexts[words + VmLayout.IMPORT_CONTEXT / 8] = function.context();
      importContexts[reference + FuncRefLayout.CODE / 8] = function.code();
      importContexts[reference + FuncRefLayout.CONTEXT / 8] = function.context();
    }
    words = VmLayout.IMPORT_SIZE / 8 * index;
    linkedFunctions[words + VmLayout.IMPORT_CODE / 8] = code;
    linkedFunctions[words + VmLayout.IMPORT_CONTEXT / 8] = context;
    instance.imports[index] = function;
  }

  private void linkOthers(VmInstance instance, List<?> imports) {
    VmLayout layout = instance.layout();
    long context = instance.context;
    int globals = 0;
    int tables = 0;
    int memories = 0;
    int tags = 0;
    for (Object given : imports) {
      switch (given) {
        case VmFunction _ -> {}
        case VmGlobal global -> {
          NativeMemory.putLong(context + layout.importedGlobal(globals), global.address());
          instance.importGlobal(globals++, global);
        }
        case VmTable table -> {
          NativeMemory.putLong(
              context + layout.importedTable(tables), table.storage().definition());
          instance.tables[tables++] = table;
        }
        case VmMemory memory -> {
          NativeMemory.putLong(context + layout.importedMemory(memories), memory.definition());
          instance.memories[memories++] = memory;
        }
        case VmTag tag -> setTag(instance, tags++, tag);
        default -> throw new IllegalArgumentException("not an external value: " + given);
      }
    }
  }

  // What the module defines.

  private void setTag(VmInstance instance, int index, VmTag tag) {
    NativeMemory.putInt(instance.context + instance.layout().tag(index), tag.number());
    instance.tags[index] = tag;
  }

  private void defineTags(VmInstance instance) {
    for (int i = module.importedTagCount(); i < instance.tags.length; i++) {
      int typeId = loaded.typeId(module.tagTypeIndex(i));
      setTag(instance, i, store.exceptions().newTag(store.types().type(typeId), typeId));
    }
  }

  private void defineTables(VmInstance instance) {
    int imported = module.importedTableCount();
    for (int i = imported; i < instance.tables.length; i++) {
      int elements = template.tableElements(i - imported);
      long base = elements < 0 ? 0 : instance.context + elements;
      VmTable table = store.newTable(loaded.numbered(module.table(i)), base);
      LazyElements lazy = template.lazyElements(i - imported, instance.context);
      if (lazy != null) {
        table.storage().makeLazy(lazy);
      }
      table.storage().define(instance.context + instance.layout().table(i - imported));
      ConstExpr init = module.tableInit(i);
      if (init != null) {
        long value = ConstantExpressions.reference(instance, init);
        table.storage().fill(0, value, table.storage().length());
      }
      instance.tables[i] = table;
    }
  }

  private void defineMemories(VmInstance instance) {
    int imported = module.importedMemoryCount();
    for (int i = imported; i < instance.memories.length; i++) {
      VmMemory memory = store.newMemory(module.memory(i), template.memories().image(i - imported));
      memory.define(instance.context + instance.layout().memory(i - imported));
      instance.memories[i] = memory;
    }
  }

  private void defineGlobals(VmInstance instance) {
    for (int i : template.pendingGlobals()) {
      ConstantExpressions.store(instance, module.globalInit(i), instance.globalAddress(i));
    }
    for (int i : template.externGlobals()) {
      store.references().addGlobal(module.global(i).valueType(), instance.globalAddress(i));
    }
  }

  // Segments and start.

  private void copyElements(VmInstance instance) {
    for (int i : template.pendingElements()) {
      ElementSegment segment = module.elementSegments().get(i);
      long offset = ConstantExpressions.offset(instance, segment.tableOffset());
      ServiceCalls.initTable(instance, segment.tableIndex(), i, offset, 0, segment.items().count());
      instance.dropElements(i);
    }
  }

  private void copyData(VmInstance instance) {
    ModuleData data = template.memories().data();
    if (data != null) {
      data.copyTo(instance.memories[data.memory()].storage());
    }
    for (int i : template.memories().pending()) {
      DataSegment segment = module.dataSegments().get(i);
      long destination = ConstantExpressions.offset(instance, segment.memoryOffset());
      ServiceCalls.initMemory(instance, segment.memoryIndex(), i, destination, 0, segment.size());
      instance.dropData(i);
    }
  }

  /** Runs the start function. */
  static void start(VmInstance instance) {
    VmStore store = instance.store;
    int start = instance.module().startFunction();
    if (start < 0) {
      return;
    }
    VmFunction function = instance.function(start);
    VmHostFunction host = function.hostFunction();
    if (host == null) {
      store.calls().call(function);
      return;
    }
    // No guest code is involved: call it as the guest would.
    long context = store.hosts().newContext(function.host(), instance.number + 1);
    if (store.requests().hostCall(context)) {
      throw store.requests().uncaught();
    }
  }
}
