package dev.tazza;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps the folder of a cache within its limits: the files that were not used for longest go first.
 * Processes agree on the time of the last cleanup by a file.
 */
final class CacheCleaner {
  private static final String STAMP = "last-cleanup";
  private static final int PERCENT = 100;

  /** What was being written for so long is left from a process that died. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private final CacheConfig config;
  private final Path directory;
  private final AtomicBoolean running = new AtomicBoolean();

  CacheCleaner(CacheConfig config, Path directory) {
    this.config = config;
    this.directory = directory;
  }

  private record Entry(Path path, long size, FileTime used) {}

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(CacheFile.SUFFIX) || name.endsWith(CacheFile.TEMPORARY)) {
          add(entries, file);
        }
      }
    }
    return entries;
  }

  private static void add(List<Entry> entries, Path file) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      entries.add(new Entry(file, attributes.size(), attributes.lastModifiedTime()));
    } catch (NoSuchFileException e) {
      // Another process was faster.
    }
  }

  private static boolean isTemporary(Entry entry) {
    return entry.path.toString().endsWith(CacheFile.TEMPORARY);
  }

  long size() throws IOException {
    return entries().stream().mapToLong(Entry::size).sum();
  }

  long count() throws IOException {
    return entries().stream().filter(entry -> !isTemporary(entry)).count();
  }

  /** Cleans on a thread of its own if nobody has for the interval. */
  void cleanWhenDue() {
    if (!isDue() || !running.compareAndSet(false, true)) {
      return;
    }
    Thread.ofPlatform()
        .daemon()
        .name("tazza-cache-cleanup")
        .start(() -> {
          try {
            clean();
          } catch (IOException e) {
            // It is only put off.
          } finally {
            running.set(false);
          }
        });
  }

  private boolean isDue() {
    try {
      Instant last = Files.getLastModifiedTime(directory.resolve(STAMP)).toInstant();
      return !last.plus(config.cleanupInterval()).isAfter(Instant.now());
    } catch (IOException e) {
      return true; // never done
    }
  }

  void clean() throws IOException {
    Path stamp = directory.resolve(STAMP);
    if (!Files.exists(stamp)) {
      Files.createFile(stamp);
    }
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now()));
    List<Entry> entries = entries();
    FileTime abandoned = FileTime.from(Instant.now().minus(ABANDONED));
    for (Entry entry : entries) {
      if (isTemporary(entry) && entry.used.compareTo(abandoned) < 0) {
        Files.deleteIfExists(entry.path);
      }
    }
    entries.removeIf(CacheCleaner::isTemporary);
    deleteOldest(entries);
  }

  private void deleteOldest(List<Entry> entries) throws IOException {
    long count = entries.size();
    long size = entries.stream().mapToLong(Entry::size).sum();
    if (count <= config.fileCountSoftLimit() && size <= config.filesTotalSizeSoftLimit()) {
      return;
    }
    long files = part(config.fileCountSoftLimit(), config.fileCountLimitPercentIfDeleting());
    long bytes =
        part(config.filesTotalSizeSoftLimit(), config.filesTotalSizeLimitPercentIfDeleting());
    entries.sort(Comparator.comparing(Entry::used));
    for (Entry entry : entries) {
      if (count <= files && size <= bytes) {
        return;
      }
      Files.deleteIfExists(entry.path);
      count--;
      size -= entry.size;
    }
  }

  private static long part(long limit, int percent) {
    return limit / PERCENT * percent + limit % PERCENT * percent / PERCENT;
  }

  void clear() throws IOException {
    for (Entry entry : entries()) {
      Files.deleteIfExists(entry.path);
    }
  }
}
