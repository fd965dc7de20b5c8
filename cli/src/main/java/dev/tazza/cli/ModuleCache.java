package dev.tazza.cli;

import dev.tazza.Cache;
import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The user's cache of compiled modules, which the command uses by itself. */
final class ModuleCache {
  /** Smaller modules are compiled in less time than it takes to look for them. */
  static final int SMALLEST = 16 << 10;

  private ModuleCache() {}

  /**
   * Compiles a module, or finds it.
   *
   * @throws CliException when there is a mistake in the configuration
   */
  static Module compile(Engine engine, byte[] module) {
    Cache cache = module.length < SMALLEST ? null : usable();
    return cache == null ? Module.compile(engine, module) : cache.compile(engine, module);
  }

  /** The same for a file, which is not read into memory if it is found. */
  static Module compile(Engine engine, Path module) throws IOException {
    Cache cache = Files.size(module) < SMALLEST ? null : usable();
    return cache == null
        ? Module.compile(engine, Files.readAllBytes(module))
        : cache.compile(engine, module);
  }

  private static @Nullable Cache usable() {
    try {
      return open();
    } catch (IOException | IllegalStateException e) {
      return null; // no home, or one that is not ours to write to: it works without
    }
  }

  /** The cache as it is configured; null: there shall be none. */
  static @Nullable Cache open() throws IOException {
    try {
      return new Config().cacheConfigLoadDefault().cache();
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()));
    }
  }
}
