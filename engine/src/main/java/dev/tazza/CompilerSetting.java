package dev.tazza;

/**
 * A named setting of the compiler: see {@link Config#flagSet}.
 *
 * @param name its name
 * @param value {@code true} or {@code false}: what it is on this machine if nothing else is said
 * @param description what it is about
 */
public record CompilerSetting(String name, String value, String description) {}
