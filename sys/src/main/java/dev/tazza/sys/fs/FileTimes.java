package dev.tazza.sys.fs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * New times for a file, as {@code utimensat} takes them.
 *
 * @param access nanoseconds since 1970, unsigned
 * @param accessRule 0 to set it to {@code access}, or {@link Linux#UTIME_NOW} or {@link
 *     Linux#UTIME_OMIT}
 * @param modify as {@code access}, for the last change of the contents
 * @param modifyRule as {@code accessRule}
 */
public record FileTimes(long access, long accessRule, long modify, long modifyRule) {
  private static final long NANOS = 1_000_000_000L;

  void write(MemorySegment to) {
    write(to, 0, access, accessRule);
    write(to, 16, modify, modifyRule);
  }

  private static void write(MemorySegment to, long at, long time, long rule) {
    to.set(ValueLayout.JAVA_LONG, at, Long.divideUnsigned(time, NANOS));
    to.set(ValueLayout.JAVA_LONG, at + 8, rule != 0 ? rule : Long.remainderUnsigned(time, NANOS));
  }
}
