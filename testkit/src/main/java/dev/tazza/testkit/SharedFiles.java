package dev.tazza.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code shared}, which lies beside the repository and holds the specification's scripts
 * and real programs. The environment variable {@code TAZZA_SHARED} names it when it is elsewhere;
 * it may be missing.
 */
public final class SharedFiles {
  private SharedFiles() {}

  /** A folder in {@code shared}, or null when it is not there. */
  public static @Nullable Path folder(String name) {
    String given = System.getProperty("TAZZA_SHARED", System.getenv("TAZZA_SHARED"));
    if (given != null) {
      return existing(Path.of(given, name));
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = existing(at.resolve("shared").resolve(name));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Path existing(Path folder) {
    return Files.isDirectory(folder) ? folder : null;
  }

  /** The files of a folder whose names end like that, by name. */
  public static List<Path> list(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
