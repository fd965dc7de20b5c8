package dev.tazza;

/**
 * A named setting of the compiler: see {@link Config#flagSet}.
 *
 * @param name its name
 * @param value what it is on this machine if nothing else is said: mostly {@code true} or {@code
 *     false}
 * @param description what it is about
 */
public record CompilerSetting(String name, String value, String description) {}
