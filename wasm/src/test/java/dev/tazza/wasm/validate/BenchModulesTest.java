package dev.tazza.wasm.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Real programs, which compilers made and other engines accept, are valid. */
class BenchModulesTest {

  @Test
  void allAreValid() throws IOException {
    Path bench = find();
    assumeTrue(Files.isDirectory(bench), "no " + bench + ": its programs are not validated");
    List<Path> files;
    try (Stream<Path> walk = Files.walk(bench)) {
      files = walk.filter(path -> path.toString().endsWith(".wasm")).sorted().toList();
    }
    assertFalse(files.isEmpty());
    List<String> problems = new ArrayList<>();
    for (Path file : files) {
      try {
        WasmModule module = ModuleReader.read(Files.readAllBytes(file), Features.DEFAULT);
        module.names();
      } catch (WasmException error) {
        problems.add(file + ": " + error.getMessage());
      }
    }
    assertEquals(List.of(), problems);
  }

  /** The directory {@code shared/bench} next to this repository, wherever the test is started. */
  private static Path find() {
    Path start = Path.of("").toAbsolutePath();
    for (Path path = start; path != null; path = path.getParent()) {
      Path bench = path.resolve("shared/bench");
      if (Files.isDirectory(bench)) {
        return bench;
      }
    }
    return start.resolve("../shared/bench");
  }
}
