package dev.tazza.wasm.type;

/** An export: its name and its type. */
public record ExportType(String name, ExternType type) {}
