package dev.tazza.sys;

import dev.tazza.sys.linux.LinuxMachine;
import dev.tazza.sys.linux.LinuxOs;
import dev.tazza.sys.linux.ProcessLimits;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The table of the systems that are supported. */
final class Systems {
  /**
   * A system.
   *
   * @param prefix of {@code os.name}, in lower case
   * @param processors tells whether it is supported on an {@code os.arch}
   * @param description for messages, with its processors
   * @param addressSpaceMayBeLimited see {@link Os#addressSpaceMayBeLimited}
   */
  record Row(
      String prefix,
      Predicate<String> processors,
      String description,
      BooleanSupplier addressSpaceMayBeLimited,
      Supplier<Os> os) {}

  private static final List<Row> TABLE =
      List.of(
          new Row(
              "linux",
              LinuxMachine::isSupported,
              "Linux on x86-64",
              ProcessLimits::addressSpaceMayBeLimited,
              LinuxOs::new));

  private Systems() {}

  /** The one that this JVM runs on. */
  static Row host() {
    return find(System.getProperty("os.name", "?"), System.getProperty("os.arch", "?"));
  }

  /**
   * The system with this name on this processor, as the JVM calls them.
   *
   * @throws UnsupportedOperationException when there is no row for it
   */
  static Row find(String system, String processor) {
    for (Row row : TABLE) {
      boolean same = system.toLowerCase(Locale.ROOT).startsWith(row.prefix);
      if (same && row.processors.test(processor)) {
        return row;
      }
    }
    StringBuilder supported = new StringBuilder();
    for (Row row : TABLE) {
      supported.append(supported.isEmpty() ? "" : ", ").append(row.description);
    }
    throw new UnsupportedOperationException(
        "Tazza runs on " + supported + " so far; this is " + system + " on " + processor);
  }
}
