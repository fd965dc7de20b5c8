package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads modules from files, with errors that name the file. */
final class Modules {
  /** Bytes that tell an artifact from a module. */
  private static final int START = 4;

  private Modules() {}

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static CliException unreadable(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new CliException(file + ": no such file");
    }
    return new CliException(
        file + ": cannot be read" + (Files.isDirectory(file) ? ": it is a directory" : ": " + e));
  }

  /** Compiles a file, or loads an artifact if that is allowed. */
  static Module load(Engine engine, Path file, boolean allowPrecompiled) {
    try (PushbackInputStream in = new PushbackInputStream(Files.newInputStream(file), START)) {
      byte[] start = in.readNBytes(START);
      in.unread(start);
      if (!Artifact.isArtifact(start)) {
        return Module.compile(engine, in.readAllBytes());
      }
      if (allowPrecompiled) {
        return Module.deserialize(engine, in);
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (WasmException e) {
      throw new CliException(file + ": " + e.getMessage());
    }
    throw new CliException(
        file
            + ": a precompiled module runs as it is, so it must come from a place you trust; allow"
            + " it with --allow-precompiled");
  }
}
