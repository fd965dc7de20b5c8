package dev.tazza.cacheconfig;

import dev.tazza.CacheConfig;
import dev.tazza.CacheConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads TOML files as {@link dev.tazza.Config#cacheConfigLoad} describes. Whatever it does not know
 * is a mistake: a misspelt key would otherwise be a limit that is not there.
 */
public final class TomlCacheConfig implements CacheConfigReader {
  private static final String TABLE = "cache";
  private static final String DIRECTORY = "directory";
  private static final String INTERVAL = "cleanup-interval";
  private static final String COUNT = "file-count-soft-limit";
  private static final String SIZE = "files-total-size-soft-limit";
  private static final String COUNT_PERCENT = "file-count-limit-percent-if-deleting";
  private static final String SIZE_PERCENT = "files-total-size-limit-percent-if-deleting";
  private static final String ENABLED = "enabled";
  private static final Set<String> KEYS =
      Set.of(DIRECTORY, INTERVAL, COUNT, SIZE, COUNT_PERCENT, SIZE_PERCENT, ENABLED);

  @Override
  public @Nullable CacheConfig read(Path file) throws IOException {
    TomlParseResult toml = Toml.parse(file);
    List<TomlParseError> errors = toml.errors();
    if (!errors.isEmpty()) {
      TomlParseError first = errors.get(0);
      throw mistake(file, first.position(), String.valueOf(first.getMessage()));
    }
    for (String key : toml.keySet()) {
      if (!key.equals(TABLE) || !toml.isTable(key)) {
        throw mistake(
            file, toml.inputPositionOf(List.of(key)), "'" + key + "': only [cache] is known");
      }
    }
    TomlTable cache = toml.getTable(TABLE);
    return cache == null ? new CacheConfig() : new Reader(file, cache).read();
  }

  private static IllegalArgumentException mistake(
      Path file, @Nullable TomlPosition at, String message) {
    String place = at == null ? "" : ":" + at.line() + ":" + at.column();
    return new IllegalArgumentException(file + place + ": " + message);
  }

  /** Reads the table. */
  private record Reader(Path file, TomlTable table) {
    @Nullable CacheConfig read() {
      for (String key : table.keySet()) {
        if (!KEYS.contains(key)) {
          throw mistake(key, "unknown; there are " + KEYS.stream().sorted().toList());
        }
      }
      CacheConfig config = new CacheConfig();
      for (String key : table.keySet()) {
        try {
          set(config, key);
        } catch (IllegalArgumentException | ArithmeticException e) {
          throw mistake(key, String.valueOf(e.getMessage()));
        }
      }
      return !table.contains(ENABLED) || isTrue(ENABLED) ? config : null;
    }

    private void set(CacheConfig config, String key) {
      switch (key) {
        case DIRECTORY -> config.directory(folder(text(key)));
        case INTERVAL -> config.cleanupInterval(duration(text(key)));
        case COUNT -> config.fileCountSoftLimit(amount(text(key)));
        case SIZE -> config.filesTotalSizeSoftLimit(amount(text(key)));
        case COUNT_PERCENT -> config.fileCountLimitPercentIfDeleting(percent(text(key)));
        case SIZE_PERCENT -> config.filesTotalSizeLimitPercentIfDeleting(percent(text(key)));
        default -> isTrue(key);
      }
    }

    private IllegalArgumentException mistake(String key, String message) {
      return TomlCacheConfig.mistake(
          file, table.inputPositionOf(List.of(key)), "cache." + key + ": " + message);
    }

    private boolean isTrue(String key) {
      if (table.get(List.of(key)) instanceof Boolean truth) {
        return truth;
      }
      throw mistake(key, "true or false was expected");
    }

    /** A string, or a number as one. */
    private String text(String key) {
      Object value = table.get(List.of(key));
      if (value instanceof String || value instanceof Long) {
        return value.toString();
      }
      throw new IllegalArgumentException("a string was expected, not " + value);
    }

    private static Path folder(String text) {
      Path folder = Path.of(text);
      if (!folder.isAbsolute()) {
        throw new IllegalArgumentException("'" + text + "' is not an absolute path");
      }
      return folder;
    }

    private static Duration duration(String text) {
      long number = number(text, text.length() - 1, "a time such as 30m, 12h or 1d");
      return switch (text.charAt(text.length() - 1)) {
        case 's' -> Duration.ofSeconds(number);
        case 'm' -> Duration.ofMinutes(number);
        case 'h' -> Duration.ofHours(number);
        case 'd' -> Duration.ofDays(number);
        default -> throw expected("a time such as 30m, 12h or 1d", text);
      };
    }

    private static long amount(String text) {
      int digits = 0;
      while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
        digits++;
      }
      String expected = "a number, maybe with K, Ki, M, Mi, G or Gi,";
      long unit =
          switch (text.substring(digits)) {
            case "" -> 1;
            case "K" -> 1000;
            case "Ki" -> 1 << 10;
            case "M" -> 1_000_000;
            case "Mi" -> 1 << 20;
            case "G" -> 1_000_000_000;
            case "Gi" -> 1 << 30;
            default -> throw expected(expected, text);
          };
      return Math.multiplyExact(number(text, digits, expected), unit);
    }

    private static int percent(String text) {
      String expected = "a percentage such as 70%";
      if (!text.endsWith("%")) {
        throw expected(expected, text);
      }
      return Math.toIntExact(number(text, text.length() - 1, expected));
    }

    private static long number(String text, int digits, String expected) {
      try {
        return Long.parseLong(text.substring(0, Math.max(digits, 0)));
      } catch (NumberFormatException e) {
        throw expected(expected, text);
      }
    }

    private static IllegalArgumentException expected(String what, String text) {
      return new IllegalArgumentException(what + " was expected, not '" + text + "'");
    }
  }
}
