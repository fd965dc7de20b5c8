package dev.tazza;

import dev.tazza.environ.artifact.ModuleVersion;
import java.nio.charset.StandardCharsets;

/**
 * What artifacts have to agree in with the engine that loads them, for {@link
 * Config#moduleVersion}. Options, processor features, and the layouts of memory that code and
 * runtime share have to fit in any case.
 */
public final class ModuleVersionStrategy {
  /** The code generator has to be the same, to the byte. */
  public static final ModuleVersionStrategy RUNTIME_VERSION =
      new ModuleVersionStrategy(ModuleVersion.RUNTIME);

  /** Nothing more has to be the same. */
  public static final ModuleVersionStrategy NONE = new ModuleVersionStrategy(ModuleVersion.NONE);

  private final ModuleVersion version;

  private ModuleVersionStrategy(ModuleVersion version) {
    this.version = version;
  }

  /**
   * The text has to be the same: artifacts bear it, whatever code generator made them.
   *
   * @param version 1 to 255 bytes as UTF-8
   * @throws IllegalArgumentException when it is longer, or empty
   */
  public static ModuleVersionStrategy custom(String version) {
    int size = version.getBytes(StandardCharsets.UTF_8).length;
    if (size == 0 || size > ModuleVersion.LARGEST) {
      throw new IllegalArgumentException(
          "a custom module version has 1 to %d bytes, not %d"
              .formatted(ModuleVersion.LARGEST, size));
    }
    return new ModuleVersionStrategy(new ModuleVersion(version, true));
  }

  ModuleVersion version() {
    return version;
  }

  @Override
  public String toString() {
    String text = version.text();
    if (text != null) {
      return "CUSTOM(" + text + ")";
    }
    return version.isChecked() ? "RUNTIME_VERSION" : "NONE";
  }
}
