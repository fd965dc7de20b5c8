package dev.tazza.cli;

import dev.tazza.Cache;
import dev.tazza.CacheConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows and cleans the cache of compiled modules. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = "Shows or cleans the cache in which `tazza run` keeps compiled modules.",
    footer = {
      "",
      "The file tazza/config.toml in ~/.config, or in the folder that XDG_CONFIG_HOME",
      "names, configures it:",
      "",
      "  [cache]",
      "  enabled = true",
      "  directory = \"/home/me/.cache/tazza\"",
      "  cleanup-interval = \"1d\"",
      "  file-count-soft-limit = 65536",
      "  files-total-size-soft-limit = \"512Mi\"",
      "  file-count-limit-percent-if-deleting = \"70%%\"",
      "  files-total-size-limit-percent-if-deleting = \"70%%\""
    })
final class CacheCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Says where it is and what is in it; without a word for what else to do. */
  @Override
  public Integer call() throws IOException {
    return show();
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Tell where the cache is, how much is in it, and its limits (the default).")
  int show() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Cache cache = ModuleCache.open();
    if (cache == null) {
      out.println("disabled");
      return 0;
    }
    CacheConfig config = cache.config();
    out.println("directory         " + cache.directory());
    out.println("modules           " + cache.count() + " of " + config.fileCountSoftLimit());
    out.println("bytes             " + cache.size() + " of " + config.filesTotalSizeSoftLimit());
    out.println("cleanup interval  " + config.cleanupInterval().toSeconds() + " s");
    return 0;
  }

  @Command(
      name = "clean",
      mixinStandardHelpOptions = true,
      description = "Delete what is beyond the limits now.")
  int clean() throws IOException {
    Cache cache = ModuleCache.open();
    if (cache != null) {
      cache.clean();
    }
    return 0;
  }

  @Command(
      name = "clear",
      mixinStandardHelpOptions = true,
      description = "Delete all compiled modules.")
  int clear() throws IOException {
    Cache cache = ModuleCache.open();
    if (cache != null) {
      cache.clear();
    }
    return 0;
  }
}
