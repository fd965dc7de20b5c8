package dev.tazza.wasm.module;

/**
 * A custom section's name and the range {@code [start, end)} of its contents.
 *
 * @param after id of the section in front of it that is no custom section, 0 if there is none
 */
public record CustomSection(String name, int start, int end, int after) {}
