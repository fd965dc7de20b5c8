package dev.tazza.wasm.type;

/** The type of something imported or exported. */
public sealed interface ExternType permits FuncType, TableType, MemoryType, GlobalType, TagType {

  ExternKind kind();
}
