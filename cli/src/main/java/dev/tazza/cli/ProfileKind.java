package dev.tazza.cli;

import dev.tazza.ProfilingStrategy;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code --profile} asks for.
 *
 * @param strategy what profilers of the system are told
 * @param guest where Tazza's own profile of the guest goes, or null if none is wanted
 * @param interval between its samples
 */
record ProfileKind(ProfilingStrategy strategy, @Nullable Path guest, Duration interval) {
  static final ProfileKind NONE = new ProfileKind(ProfilingStrategy.NONE, null, Duration.ZERO);

  private static final String GUEST = "guest";
  private static final Path GUEST_FILE = Path.of("tazza-guest-profile.json");
  private static final Duration GUEST_INTERVAL = Duration.ofMillis(1);

  /** Reads {@code perfmap} and the like, and {@code guest[,PATH[,INTERVAL]]}. */
  static final class Converter implements ITypeConverter<ProfileKind> {
    @Override
    public ProfileKind convert(String value) {
      String[] parts = value.split(",", -1);
      if (parts[0].equals(GUEST) && parts.length <= 3) {
        Path file = parts.length > 1 && !parts[1].isEmpty() ? Path.of(parts[1]) : GUEST_FILE;
        Duration interval =
            parts.length > 2 ? new DurationConverter().convert(parts[2]) : GUEST_INTERVAL;
        if (!interval.isPositive()) {
          throw new TypeConversionException("expected an interval above 0 but was " + parts[2]);
        }
        return new ProfileKind(ProfilingStrategy.NONE, file, interval);
      }
      return new ProfileKind(strategy(value), null, Duration.ZERO);
    }

    private static ProfilingStrategy strategy(String value) {
      return switch (value) {
        case "perfmap" -> ProfilingStrategy.PERFMAP;
        case "jitdump" -> ProfilingStrategy.JITDUMP;
        case "vtune" -> ProfilingStrategy.VTUNE;
        default ->
            throw new TypeConversionException(
                "expected perfmap, jitdump or guest[,PATH[,INTERVAL]] but was '" + value + "'");
      };
    }
  }
}
