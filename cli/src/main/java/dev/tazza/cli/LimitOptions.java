package dev.tazza.cli;

import dev.tazza.Store;
import dev.tazza.StoreLimits;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much a program may have. */
final class LimitOptions {
  @Option(
      names = "--max-memory-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = {
        "The most that each memory of the program may have, in bytes or with K, M or G. It is told"
            + " when its memory does not grow."
      })
  private @Nullable Long maxMemorySize;

  @Option(
      names = "--max-table-elements",
      paramLabel = "N",
      description = "The most elements that each table of the program may have.")
  private @Nullable Long maxTableElements;

  void limit(Store<?> store) {
    if (maxMemorySize == null && maxTableElements == null) {
      return;
    }
    StoreLimits.Builder limits = StoreLimits.builder();
    try {
      if (maxMemorySize != null) {
        limits.memorySize(maxMemorySize);
      }
      if (maxTableElements != null) {
        limits.tableElements(maxTableElements);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    store.limiter(limits.build());
  }

  /** All that arguments can set, for comparison. */
  List<@Nullable Object> arguments() {
    return Arrays.asList(maxMemorySize, maxTableElements);
  }
}
