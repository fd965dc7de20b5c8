package dev.tazza.cli;

import dev.tazza.wasi.Access;
import dev.tazza.wasi.WasiConfig;
import java.nio.file.Path;

/** Directories for a program, as the command line has them: {@code HOST[::GUEST]}. */
final class Preopens {
  private Preopens() {}

  static void add(WasiConfig config, String directory, Access access) {
    int separator = directory.indexOf("::");
    String host = separator < 0 ? directory : directory.substring(0, separator);
    String guest = separator < 0 ? directory : directory.substring(separator + 2);
    if (host.isEmpty()) {
      // What `--dir "$FOLDER"` is without FOLDER: not the working directory.
      throw new UsageException("--dir: expected HOST or HOST::GUEST but was '" + directory + "'");
    }
    config.preopen(Path.of(host), guest, access);
  }
}
