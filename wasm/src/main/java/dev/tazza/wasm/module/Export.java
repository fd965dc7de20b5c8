package dev.tazza.wasm.module;

import dev.tazza.wasm.type.ExternKind;

/** An export as the module states it: a name for something in an index space. */
public record Export(String name, ExternKind kind, int index) {}
