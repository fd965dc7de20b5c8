package dev.tazza.wasm.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The specification's scripts and the programs that lie in a folder {@code shared} beside the
 * repository, or where the property or environment variable {@code TAZZA_SHARED} says.
 */
final class SharedFiles {
  private SharedFiles() {}

  /**
   * The files under a folder whose names have this ending; without the folder the test is skipped.
   */
  static List<Path> find(String folder, String ending, int depth) throws IOException {
    Path root = root();
    if (root == null || !Files.isDirectory(root.resolve(folder))) {
      System.out.println("skipped: no folder shared/" + folder + " beside the repository");
      Assumptions.abort("shared/" + folder + " is absent");
      throw new IllegalStateException();
    }
    try (Stream<Path> files = Files.walk(root.resolve(folder), depth)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static @Nullable Path root() {
    String given = System.getProperty("TAZZA_SHARED", System.getenv("TAZZA_SHARED"));
    if (given != null) {
      return Path.of(given);
    }
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("shared").resolve("spec"))) {
      at = at.getParent();
    }
    return at == null ? null : at.resolve("shared");
  }
}
