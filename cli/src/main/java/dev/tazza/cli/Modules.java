package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.wasm.WasmException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads modules from files, or from standard input for {@code -}, with errors that name the file.
 */
final class Modules {
  /** Bytes that tell an artifact from a module. */
  private static final int START = 4;

  private Modules() {}

  /** Whether a file's name stands for standard input or output. */
  static boolean isStandard(Path file) {
    return file.toString().equals("-");
  }

  /** How a file is called in messages. */
  static String name(Path file) {
    return isStandard(file) ? "standard input" : file.toString();
  }

  private static InputStream open(Path file) throws IOException {
    if (!isStandard(file)) {
      return Files.newInputStream(file);
    }
    return new FilterInputStream(System.in) {
      @Override
      public void close() {
        // It is not ours.
      }
    };
  }

  /** All bytes of a file, which must not be empty. */
  static byte[] read(Path file) {
    try (InputStream in = open(file)) {
      byte[] bytes = in.readAllBytes();
      if (bytes.length == 0) {
        throw empty(file);
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(file);
    }
  }

  private static CliException empty(Path file) {
    return new CliException(name(file) + ": there is no module in it: it is empty");
  }

  private static CliException tooLarge(Path file) {
    return new CliException(name(file) + ": " + ErrorReporter.outOfMemory());
  }

  private static CliException unreadable(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new CliException(file + ": no such file");
    }
    if (e instanceof AccessDeniedException) {
      return new CliException(file + ": permission denied");
    }
    return new CliException(
        name(file)
            + ": cannot be read"
            + (Files.isDirectory(file) ? ": it is a directory" : ": " + e));
  }

  /** The error about a module that cannot be read or compiled. */
  static CliException refused(Path file, WasmException problem) {
    return new CliException(name(file) + ": " + FeatureOptions.withHint(problem));
  }

  /**
   * Compiles a file, or loads an artifact if that is allowed.
   *
   * @param cached whether a compiled module may come from the user's cache, and go there
   */
  static Module load(Engine engine, Path file, boolean allowPrecompiled, boolean cached) {
    try (PushbackInputStream in = new PushbackInputStream(open(file), START)) {
      byte[] start = in.readNBytes(START);
      if (start.length == 0) {
        throw empty(file);
      }
      in.unread(start);
      if (!Artifact.isArtifact(start)) {
        if (cached && Files.isRegularFile(file) && !engine.wantsDebugInfo()) {
          try (GarbageWatch _ = GarbageWatch.ofCompilation(Files.size(file))) {
            return ModuleCache.compile(engine, file);
          }
        }
        // Of a file it is known how long it will be.
        byte[] bytes = Files.isRegularFile(file) ? Files.readAllBytes(file) : in.readAllBytes();
        if (engine.wantsDebugInfo() && !isStandard(file)) {
          bytes = Module.withDebugInfoBeside(bytes, file);
        }
        try (Progress _ = Progress.ofCompilation(engine, file, bytes.length);
            GarbageWatch _ = GarbageWatch.ofCompilation(bytes.length)) {
          return cached ? ModuleCache.compile(engine, bytes) : Module.compile(engine, bytes);
        }
      }
      if (allowPrecompiled) {
        return Module.deserialize(engine, in);
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (WasmException e) {
      throw refused(file, e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(file);
    }
    throw new CliException(
        name(file)
            + ": a precompiled module runs as it is, so it must come from a place you trust; allow"
            + " it with --allow-precompiled");
  }
}
