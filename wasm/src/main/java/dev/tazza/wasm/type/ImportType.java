package dev.tazza.wasm.type;

/** An import: the two names it is looked up by, and the type it must have. */
public record ImportType(String module, String name, ExternType type) {}
