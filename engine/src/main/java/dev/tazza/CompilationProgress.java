package dev.tazza;

/**
 * How far an engine is with compiling, for whoever waits: see {@link Engine#compilationProgress}.
 *
 * @param compiled functions that were compiled so far, of all modules
 * @param found functions that are or were to be compiled as far as is known; functions that are
 *     only called where they are inlined are not, and of a module whose compilation failed some
 *     never are
 */
public record CompilationProgress(long compiled, long found) {}
