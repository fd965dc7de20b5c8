package dev.tazza.cli.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was made from what, in a file: what is as it was is not made again, and what has no source
 * any more is deleted. A line has the digest of all that the files depend on, the source, and the
 * files, with tabs between. Not thread-safe.
 */
public final class BuildState {
  private static final String SEPARATOR = "\t";

  private final @Nullable Path file;

  /** What the file said. */
  private final Map<String, Entry> before = new LinkedHashMap<>();

  private final Map<String, Entry> now = new LinkedHashMap<>();

  /** The files, and the digest of what they depend on. */
  private record Entry(String digest, List<Path> files) {
    boolean isThere() {
      return files.stream().allMatch(Files::isRegularFile);
    }
  }

  /**
   * Reads it.
   *
   * @param file null: nothing is known, and nothing is kept; no such file: nothing is known
   */
  public BuildState(@Nullable Path file) throws IOException {
    this.file = file;
    if (file == null || Files.notExists(file)) {
      return;
    }
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(SEPARATOR, -1);
      List<Path> files = new ArrayList<>();
      for (int i = 2; i < parts.length; i++) {
        files.add(Path.of(parts[i]));
      }
      if (parts.length > 1) {
        before.put(parts[1], new Entry(parts[0], files));
      }
    }
  }

  /** The digest of what a source's files depend on. */
  public static String digest(byte[] source, String more) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(more.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      return HexFormat.of().formatHex(digest.digest(source));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether the files of a source are there and would be the same again. */
  public boolean isUpToDate(String source, String digest) {
    Entry entry = before.get(source);
    if (entry == null || !entry.digest.equals(digest) || !entry.isThere()) {
      return false;
    }
    now.put(source, entry);
    return true;
  }

  /** Notes that the files of a source were made. */
  public void made(String source, String digest, List<Path> files) {
    now.put(source, new Entry(digest, List.copyOf(files)));
  }

  /** Deletes what was made before and is not any more, and writes the file. */
  public void finish() throws IOException {
    Set<Path> kept = new HashSet<>();
    now.values().forEach(entry -> kept.addAll(entry.files));
    for (Entry entry : before.values()) {
      for (Path each : entry.files) {
        if (!kept.contains(each)) {
          Files.deleteIfExists(each);
        }
      }
    }
    if (file == null) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    now.forEach((source, entry) -> {
      lines.append(entry.digest).append(SEPARATOR).append(source);
      entry.files.forEach(each -> lines.append(SEPARATOR).append(each));
      lines.append('\n');
    });
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, lines);
  }
}
