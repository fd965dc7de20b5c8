package dev.tazza.cacheconfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Cache;
import dev.tazza.CacheConfig;
import dev.tazza.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations of a cache as TOML. */
class TomlCacheConfigTest {
  @TempDir Path folder;

  private Path file(String toml) throws IOException {
    return Files.writeString(folder.resolve("config.toml"), toml);
  }

  @Test
  void everyKeyIsRead() throws IOException {
    CacheConfig config =
        new TomlCacheConfig()
            .read(
                file(
                    """
                    [cache]
                    enabled = true
                    directory = "/var/cache/app"
                    cleanup-interval = "36h"
                    file-count-soft-limit = 100
                    files-total-size-soft-limit = "2Gi"
                    file-count-limit-percent-if-deleting = "80%"
                    files-total-size-limit-percent-if-deleting = "60%"
                    """));
    assertNotNull(config);
    assertEquals(Path.of("/var/cache/app"), config.directory());
    assertEquals(Duration.ofHours(36), config.cleanupInterval());
    assertEquals(100, config.fileCountSoftLimit());
    assertEquals(2L << 30, config.filesTotalSizeSoftLimit());
    assertEquals(80, config.fileCountLimitPercentIfDeleting());
    assertEquals(60, config.filesTotalSizeLimitPercentIfDeleting());
  }

  @Test
  void whatIsLeftOutIsAsByDefault() throws IOException {
    CacheConfig config = new TomlCacheConfig().read(file(""));
    assertNotNull(config);
    assertEquals(new CacheConfig().fileCountSoftLimit(), config.fileCountSoftLimit());
    assertNull(new TomlCacheConfig().read(file("[cache]\nenabled = false\n")));
  }

  @Test
  void theEngineFindsTheReader() throws IOException {
    Path directory = folder.resolve("cache");
    Config config = new Config();
    config.cacheConfigLoad(file("[cache]\ndirectory = \"" + directory + "\"\n"));
    assertNotNull(config.cache());
    assertEquals(directory, config.cache().directory());
    assertNull(config.cacheConfigLoad(file("[cache]\nenabled = false\n")).cache());
  }

  /** In a process of its own, since the folder comes from the environment. */
  @Test
  void theUsersFileIsFound() throws Exception {
    assertEquals(folder.resolve("cache/tazza").toString(), loadDefault());
    Files.createDirectory(folder.resolve("tazza"));
    Path directory = folder.resolve("elsewhere");
    Files.writeString(
        folder.resolve("tazza/config.toml"), "[cache]\ndirectory = \"" + directory + "\"\n");
    assertEquals(directory.toString(), loadDefault());
  }

  private String loadDefault() throws Exception {
    ProcessBuilder process =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            LoadDefault.class.getName());
    process.environment().put("XDG_CONFIG_HOME", folder.toString());
    process.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Process running = process.redirectErrorStream(true).start();
    String output = new String(running.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, running.waitFor(), output);
    return output;
  }

  /** Prints which folder the default has. */
  static final class LoadDefault {
    public static void main(String[] args) throws IOException {
      Cache cache = new Config().cacheConfigLoadDefault().cache();
      System.out.println(cache == null ? "none" : cache.directory());
    }
  }

  @Test
  void mistakesSayWhere() throws IOException {
    assertMistake("[cache]\ndirektory = \"/x\"\n", ":2:1: cache.direktory: unknown; there are");
    assertMistake(
        "[cache]\n\ndirectory = \"x\"\n", ":3:1: cache.directory: 'x' is not an absolute");
    assertMistake("[cache]\ndirectory = 5\n", "'5' is not an absolute");
    assertMistake("[cache]\ndirectory = true\n", "a string was expected, not true");
    assertMistake("[cache]\nenabled = \"yes\"\n", ":2:1: cache.enabled: true or false");
    assertMistake("[cache]\ncleanup-interval = \"1w\"\n", "a time such as 30m, 12h or 1d was");
    assertMistake("[cache]\nfile-count-soft-limit = -1\n", "expected, not '-1'");
    assertMistake("[cache]\nfiles-total-size-soft-limit = \"5T\"\n", "K, Ki, M, Mi, G or Gi,");
    assertMistake("[cache]\nfiles-total-size-soft-limit = \"9999999999G\"\n", "overflow");
    assertMistake("[cache]\nfile-count-limit-percent-if-deleting = \"101%\"\n", "from 0 to 100");
    assertMistake("[cache]\nfile-count-limit-percent-if-deleting = 70\n", "such as 70%");
    assertMistake("[cach]\n", ":1:1: 'cach': only [cache] is known");
    assertMistake("cache = 3\n", "only [cache] is known");
    assertMistake("[cache\n", ":1:7");
  }

  private void assertMistake(String toml, String message) throws IOException {
    Path file = file(toml);
    IllegalArgumentException mistake =
        assertThrows(IllegalArgumentException.class, () -> new Config().cacheConfigLoad(file));
    assertTrue(
        mistake.getMessage().startsWith(file.toString()) && mistake.getMessage().contains(message),
        mistake.getMessage());
  }
}
