package dev.tazza.environ;

import dev.tazza.wasm.module.WasmModule;

/** Derives the layout of an instance context from its module. */
public final class ModuleLayout {
  private ModuleLayout() {}

  public static VmLayout of(WasmModule module, FunctionReferences references) {
    return new VmLayout(
        new VmLayout.Shape(
            module.importedMemoryCount(),
            module.importedGlobalCount(),
            module.importedTableCount(),
            module.memoryCount() - module.importedMemoryCount(),
            module.globalCount() - module.importedGlobalCount(),
            module.tableCount() - module.importedTableCount(),
            module.importedFunctionCount(),
            module.typeCount(),
            module.tagCount(),
            references.count()));
  }
}
