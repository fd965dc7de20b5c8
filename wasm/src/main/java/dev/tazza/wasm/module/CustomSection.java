package dev.tazza.wasm.module;

/** A custom section's name and the range {@code [start, end)} of its contents. */
public record CustomSection(String name, int start, int end) {}
