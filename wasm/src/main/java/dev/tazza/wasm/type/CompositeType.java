package dev.tazza.wasm.type;

/** What a module's type section defines. */
public sealed interface CompositeType permits FuncType {}
