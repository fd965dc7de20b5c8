package dev.tazza;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Cache} keeps its files, and how many. Setters return {@code this}; values out of
 * range are an {@link IllegalArgumentException}. Not thread-safe.
 */
public final class CacheConfig {
  private static final int PERCENT = 100;

  private @Nullable Path directory;
  private Duration cleanupInterval = Duration.ofDays(1);
  private long fileCountSoftLimit = 65_536;
  private long filesTotalSizeSoftLimit = 512L << 20;
  private int fileCountLimitPercentIfDeleting = 70;
  private int filesTotalSizeLimitPercentIfDeleting = 70;

  /**
   * The folder, which is made if it is not there. Who can write to it can run code in this process:
   * it must belong to the user of this process, and others must not be able to write to it.
   * Default: {@code tazza} in the folder that the environment variable {@code XDG_CACHE_HOME}
   * names, or in {@code ~/.cache}.
   */
  public CacheConfig directory(Path folder) {
    directory = Objects.requireNonNull(folder);
    return this;
  }

  /**
   * What {@link #directory(Path)} says.
   *
   * @throws IllegalStateException when nothing is said and the user has no home
   */
  public Path directory() {
    Path given = directory;
    return given != null ? given : inUsersFolder("XDG_CACHE_HOME", ".cache");
  }

  /** The folder {@code tazza} in a folder of the user's. */
  static Path inUsersFolder(String variable, String inHome) {
    String base = System.getenv(variable);
    if (base != null && Path.of(base).isAbsolute()) {
      return Path.of(base, "tazza");
    }
    String home = System.getProperty("user.home", "");
    if (!Path.of(home).isAbsolute()) {
      throw new IllegalStateException("the user has no home folder for the cache; set " + variable);
    }
    return Path.of(home, inHome, "tazza");
  }

  /** How often files beyond the limits are looked for. Default: a day. */
  public CacheConfig cleanupInterval(Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException("a cleanup interval of " + interval + " is negative");
    }
    cleanupInterval = interval;
    return this;
  }

  /** What {@link #cleanupInterval(Duration)} says. */
  public Duration cleanupInterval() {
    return cleanupInterval;
  }

  /**
   * With more files than this, those that were not used for longest are deleted at the next
   * cleanup. Default: 65,536.
   */
  public CacheConfig fileCountSoftLimit(long files) {
    fileCountSoftLimit = notNegative("a limit of files", files);
    return this;
  }

  /** What {@link #fileCountSoftLimit(long)} says. */
  public long fileCountSoftLimit() {
    return fileCountSoftLimit;
  }

  /** The same with their size together, in bytes. Default: 512 MiB. */
  public CacheConfig filesTotalSizeSoftLimit(long bytes) {
    filesTotalSizeSoftLimit = notNegative("a limit of bytes", bytes);
    return this;
  }

  /** What {@link #filesTotalSizeSoftLimit(long)} says. */
  public long filesTotalSizeSoftLimit() {
    return filesTotalSizeSoftLimit;
  }

  /** How much of the files' limit is left when some are deleted, in percent. Default: 70. */
  public CacheConfig fileCountLimitPercentIfDeleting(int percent) {
    fileCountLimitPercentIfDeleting = percent(percent);
    return this;
  }

  /** What {@link #fileCountLimitPercentIfDeleting(int)} says. */
  public int fileCountLimitPercentIfDeleting() {
    return fileCountLimitPercentIfDeleting;
  }

  /** How much of the size's limit is left when some are deleted, in percent. Default: 70. */
  public CacheConfig filesTotalSizeLimitPercentIfDeleting(int percent) {
    filesTotalSizeLimitPercentIfDeleting = percent(percent);
    return this;
  }

  /** What {@link #filesTotalSizeLimitPercentIfDeleting(int)} says. */
  public int filesTotalSizeLimitPercentIfDeleting() {
    return filesTotalSizeLimitPercentIfDeleting;
  }

  private static long notNegative(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " of " + value + " is negative");
    }
    return value;
  }

  private static int percent(int percent) {
    if (percent < 0 || percent > PERCENT) {
      throw new IllegalArgumentException("a percentage from 0 to 100 was expected, not " + percent);
    }
    return percent;
  }

  CacheConfig copy() {
    CacheConfig copy = new CacheConfig();
    copy.directory = directory;
    copy.cleanupInterval = cleanupInterval;
    copy.fileCountSoftLimit = fileCountSoftLimit;
    copy.filesTotalSizeSoftLimit = filesTotalSizeSoftLimit;
    copy.fileCountLimitPercentIfDeleting = fileCountLimitPercentIfDeleting;
    copy.filesTotalSizeLimitPercentIfDeleting = filesTotalSizeLimitPercentIfDeleting;
    return copy;
  }

  @Override
  public String toString() {
    return "cache in "
        + (directory == null ? "the user's folder" : directory)
        + ", at most "
        + fileCountSoftLimit
        + " files and "
        + filesTotalSizeSoftLimit
        + " bytes";
  }
}
