package dev.tazza.vm.instance;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.WasmModule;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a module: its context in native memory, and what stands behind its index spaces.
 * Made by {@link Instantiation}; lives as long as its store.
 */
public final class VmInstance {
  final VmStore store;
  final LoadedModule loaded;

  /** Its number in the store. */
  final int number;

  final long context;
  final VmMemory[] memories;
  final VmTable[] tables;
  final VmTag[] tags;

  /** The module's own ones are made when somebody asks. */
  private final @Nullable VmGlobal[] globals;

  /** The imported functions only; the others follow from the code. */
  final VmFunction[] imports;

  /** The template's, until it is changed. */
  private boolean[] droppedData;

  private boolean ownsDroppedData;
  private final boolean[] droppedElements;
  private final int importedGlobals;

  /** Whether its context has that address. */
  public boolean isAt(long address) {
    return context == address;
  }

  VmInstance(VmStore store, LoadedModule loaded, int number, long context) {
    this.store = store;
    this.loaded = loaded;
    this.number = number;
    this.context = context;
    WasmModule module = loaded.module();
    memories = new VmMemory[module.memoryCount()];
    tables = new VmTable[module.tableCount()];
    tags = new VmTag[module.tagCount()];
    globals = new @Nullable VmGlobal[module.globalCount()];
    importedGlobals = module.importedGlobalCount();
    imports = new VmFunction[module.importedFunctionCount()];
    droppedData = loaded.template().memories().droppedData();
    droppedElements = loaded.template().droppedElements();
  }

  public VmStore store() {
    return store;
  }

  public LoadedModule loaded() {
    return loaded;
  }

  public WasmModule module() {
    return loaded.module();
  }

  VmLayout layout() {
    return loaded.compiled().layout();
  }

  public VmMemory memory(int index) {
    return memories[index];
  }

  public VmTable table(int index) {
    return tables[index];
  }

  public VmTag tag(int index) {
    return tags[index];
  }

  public VmGlobal global(int index) {
    VmGlobal known = globals[index];
    if (known == null) {
      known = new VmGlobal(store, loaded.numbered(module().global(index)), globalAddress(index));
      globals[index] = known;
    }
    return known;
  }

  void importGlobal(int index, VmGlobal global) {
    globals[index] = global;
  }

  /** Where the value of global {@code index} is. */
  long globalAddress(int index) {
    return index < importedGlobals
        ? global(index).address()
        : context + layout().global(index - importedGlobals);
  }

  /**
   * The function at {@code index}, which is one that can be referenced: exported, in an element
   * segment or the start function.
   */
  public VmFunction function(int index) {
    if (index < imports.length) {
      return imports[index];
    }
    WasmModule module = module();
    int typeIndex = module.functionTypeIndex(index);
    int typeId = loaded.typeId(typeIndex);
    return new VmFunction(
        store,
        store.types().type(typeId),
        typeId,
        loaded.functionAddress(index),
        context,
        loaded.entryTrampoline(typeId),
        functionReference(index),
        -1);
  }

  /** Address of the reference to function {@code index}, which is one that can be referenced. */
  long functionReference(int index) {
    int reference = loaded.compiled().references().number(index);
    if (reference < 0) {
      throw new IllegalArgumentException("function " + index + " has no reference");
    }
    loaded.template().writeReference(context, reference);
    return context + layout().functionRef(reference);
  }

  /** Completes the references to imported functions. */
  void writeImportedReferences() {
    var references = loaded.compiled().references();
    // They come first: their numbers follow the order of function indexes.
    for (int i = 0; i < references.count() && references.function(i) < imports.length; i++) {
      VmFunction function = imports[references.function(i)];
      long code = function.code();
      long calleeContext = function.context();
      if (function.isHost()) {
        long from = context + layout().importedFunction(references.function(i));
        code = NativeMemory.getLong(from + VmLayout.IMPORT_CODE);
        calleeContext = NativeMemory.getLong(from + VmLayout.IMPORT_CONTEXT);
      }
      long to = context + layout().functionRef(i);
      NativeMemory.putLong(to + FuncRefLayout.CODE, code);
      NativeMemory.putLong(to + FuncRefLayout.CONTEXT, calleeContext);
      if (!function.isHost()) {
        // It may be of a subtype of what is imported.
        NativeMemory.putInt(to + FuncRefLayout.TYPE_ID, function.typeId());
      }
    }
  }

  /** The export with this name, or null. */
  public @Nullable Export export(String name) {
    return loaded.export(name);
  }

  void dropData(int segment) {
    if (!ownsDroppedData) {
      ownsDroppedData = true;
      droppedData = droppedData.clone();
    }
    droppedData[segment] = true;
  }

  boolean isDataDropped(int segment) {
    return droppedData[segment];
  }

  void dropElements(int segment) {
    droppedElements[segment] = true;
  }

  boolean areElementsDropped(int segment) {
    return droppedElements[segment];
  }
}
