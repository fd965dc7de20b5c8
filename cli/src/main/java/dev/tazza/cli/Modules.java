package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads modules from files, with errors that name the file. */
final class Modules {
  private Modules() {}

  static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new CliException(file + ": no such file");
    } catch (IOException e) {
      throw new CliException(
          file + ": cannot be read" + (Files.isDirectory(file) ? ": it is a directory" : ": " + e));
    }
  }

  /** Compiles a file, or loads an artifact if that is allowed. */
  static Module load(Engine engine, Path file, boolean allowPrecompiled) throws IOException {
    byte[] bytes = read(file);
    try {
      if (!Artifact.isArtifact(bytes)) {
        return Module.compile(engine, bytes);
      }
      if (allowPrecompiled) {
        return Module.deserialize(engine, bytes);
      }
    } catch (WasmException e) {
      throw new CliException(file + ": " + e.getMessage());
    }
    throw new CliException(
        file
            + ": a precompiled module runs as it is, so it must come from a place you trust; allow"
            + " it with --allow-precompiled");
  }
}
