package dev.tazza.wasm.type;

/** The shape of a type that a module defines (specification, section 2.3.10). */
public sealed interface CompositeType permits FuncType, StructType, ArrayType {}
