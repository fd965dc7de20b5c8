package dev.tazza.wasm.text;

import dev.tazza.wasm.module.NameSection;
import dev.tazza.wasm.module.WasmModule;

/** The identifiers of all index spaces of a module. */
final class ModuleIdentifiers {
  final Identifiers types;
  final Identifiers functions;
  final Identifiers tables;
  final Identifiers memories;
  final Identifiers globals;
  final Identifiers elements;
  final Identifiers data;
  final Identifiers tags;
  private final NameSection names;

  ModuleIdentifiers(WasmModule module) {
    names = module.names();
    types = new Identifiers(names.types(), module.typeCount());
    functions = new Identifiers(names.functions(), module.functionCount());
    tables = new Identifiers(names.tables(), module.tableCount());
    memories = new Identifiers(names.memories(), module.memoryCount());
    globals = new Identifiers(names.globals(), module.globalCount());
    elements = new Identifiers(names.elements(), module.elementSegments().size());
    data = new Identifiers(names.data(), module.dataSegments().size());
    tags = new Identifiers(names.tags(), module.tagCount());
  }

  /** The identifiers of a structure's fields. */
  Identifiers fields(int typeIndex, int count) {
    return new Identifiers(names.fields().get(typeIndex), count);
  }
}
