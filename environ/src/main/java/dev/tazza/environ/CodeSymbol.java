package dev.tazza.environ;

/**
 * A piece of compiled text.
 *
 * @param name for people: the function's name, or what the trampoline is for
 * @param functionIndex the wasm function, or -1 for code that the compiler added
 * @param offset from the start of the text
 * @param size in bytes, constants included
 */
public record CodeSymbol(String name, int functionIndex, int offset, int size) {}
