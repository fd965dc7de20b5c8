package dev.tazza.testkit;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compiles real programs with every stage verified: their functions have shapes that random ones do not. */
class VerifiedCompilationTest {
  private static final List<String> PROGRAMS =
      List.of("sqlite3/sqlite3.wasm", "rust-json/benchmark.wasm", "regex/benchmark.wasm");

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void realProgramsCompile(OptLevel level) throws IOException {
    Path folder = SharedFiles.folder("bench");
    if (folder == null) {
      System.out.println("left out: real programs, there is no folder shared/bench");
      return;
    }
    try (Engine engine = new Engine(new Config().optLevel(level).debugVerifier(true))) {
      for (String program : PROGRAMS) {
        // A bug of the compiler is an exception that names stage and function.
        Module.compile(engine, Files.readAllBytes(folder.resolve(program))).close();
      }
    }
  }
}
