package dev.tazza;

import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ExternalDebugInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file in which a module says its debug information is. What a module says may be
 * hostile: only a plain name is taken, of a file beside the module, and what cannot be read is no
 * debug information.
 */
final class DebugInfoFile {
  /** Larger ones are not read. */
  private static final long MOST_BYTES = 1 << 30;

  private DebugInfoFile() {}

  /** The module with its debug information, if that is in a file of its own in {@code folder}. */
  static byte[] join(byte[] module, Path folder) {
    if (Module.detect(module) != ModuleKind.BINARY) {
      return module;
    }
    try {
      String name = ExternalDebugInfo.name(module);
      Path file = name == null ? null : plain(name, folder);
      if (file == null || !Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
        return module;
      }
      return ExternalDebugInfo.join(module, Files.readAllBytes(file));
    } catch (IOException | WasmException | InvalidPathException e) {
      return module; // if it is the module that is malformed, its decoder says so
    }
  }

  private static @Nullable Path plain(String name, Path folder) {
    boolean plain = !name.isEmpty() && !name.startsWith(".") && !name.contains("/");
    Path file = plain ? folder.resolve(name) : null;
    return file != null && folder.equals(file.getParent()) ? file : null;
  }
}
