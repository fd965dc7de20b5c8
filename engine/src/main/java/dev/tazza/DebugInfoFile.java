package dev.tazza;

import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ExternalDebugInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file in which a module says its debug information is. What a module says may be
 * hostile: only a plain name is taken, of a file beside the module, and what cannot be read is no
 * debug information.
 */
final class DebugInfoFile {
  /** Larger ones are not read. */
  private static final long MOST_BYTES = 1 << 30;

  private static final String PACKAGE = ".dwp";

  private DebugInfoFile() {}

  /**
   * The module with its debug information, if that is in files of its own beside it.
   *
   * @param path of the module, absolute
   */
  static byte[] join(byte[] module, Path path) {
    if (Module.detect(module) != ModuleKind.BINARY) {
      return module;
    }
    try {
      Path folder = path.getParent();
      if (folder == null) {
        return module;
      }
      String name = ExternalDebugInfo.name(module);
      Path file = name == null ? null : plain(name, folder);
      byte[] joined =
          file == null || !isReadable(file)
              ? module
              : ExternalDebugInfo.join(module, Files.readAllBytes(file));
      return joinSplit(joined, path, folder);
    } catch (IOException | WasmException | InvalidPathException e) {
      return module; // if it is the module that is malformed, its decoder says so
    }
  }

  /**
   * The same with the files of split units, of whose names only the last part is taken, and the
   * package of them, whose name is the module's with {@value #PACKAGE} behind it or in place of its
   * ending.
   */
  private static byte[] joinSplit(byte[] module, Path path, Path folder) throws IOException {
    List<byte[]> files = new ArrayList<>();
    long left = MOST_BYTES;
    Set<String> names = new LinkedHashSet<>(ExternalDebugInfo.splitNames(module));
    if (!names.isEmpty()) {
      String own = String.valueOf(path.getFileName());
      names.add(own + PACKAGE);
      names.add(own.substring(0, Math.max(own.lastIndexOf('.'), 0)) + PACKAGE);
    }
    for (String name : names) {
      Path file = plain(name.substring(name.lastIndexOf('/') + 1), folder);
      if (file != null && isReadable(file) && Files.size(file) <= left) {
        byte[] bytes = Files.readAllBytes(file);
        left -= bytes.length;
        files.add(bytes);
      }
    }
    return files.isEmpty() ? module : ExternalDebugInfo.joinSplit(module, files);
  }

  private static boolean isReadable(Path file) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES;
  }

  private static @Nullable Path plain(String name, Path folder) {
    boolean plain = !name.isEmpty() && !name.startsWith(".") && !name.contains("/");
    Path file = plain ? folder.resolve(name) : null;
    return file != null && folder.equals(file.getParent()) ? file : null;
  }
}
