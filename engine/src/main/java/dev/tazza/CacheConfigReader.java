package dev.tazza;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration of a cache from a file; a service of {@link java.util.ServiceLoader}. The
 * library {@code dev.tazza:tazza-cache-config} has one for TOML.
 */
public interface CacheConfigReader {
  /**
   * The configuration in a file, or null when it says that there shall be no cache.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when there is a mistake in it: the message says where
   */
  @Nullable CacheConfig read(Path file) throws IOException;
}
