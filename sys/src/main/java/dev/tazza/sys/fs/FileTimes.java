package dev.tazza.sys.fs;

/**
 * New times for a file.
 *
 * @param access nanoseconds since 1970, unsigned
 * @param accessRule 0 to set it to {@code access}, or {@link Posix#UTIME_NOW} or {@link
 *     Linux#UTIME_OMIT}
 * @param modify as {@code access}, for the last change of the contents
 * @param modifyRule as {@code accessRule}
 */
public record FileTimes(long access, long accessRule, long modify, long modifyRule) {}
