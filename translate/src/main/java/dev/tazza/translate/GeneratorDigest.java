package dev.tazza.translate;

import java.net.URL;
import org.jspecify.annotations.Nullable;

/**
 * Which code generator this is: numbers that change when its classes do. They go into artifacts, so
 * that no code is run that another generator made.
 *
 * <p>To read all the classes takes longer than to load an artifact, so the build does it ({@code
 * tool/Digest.java}) and puts the result into {@link BuiltDigests}. Classes in a folder may be
 * newer than that: there they are read, once in a process.
 */
public final class GeneratorDigest {
  private GeneratorDigest() {}

  /** Of what makes code. */
  public static long generator() {
    return Known.GENERATOR;
  }

  /**
   * Of the layouts in memory and of artifacts, and of what they follow from: modules as decoded.
   */
  public static long layouts() {
    return Known.LAYOUTS;
  }

  /** Found out when first asked for. */
  private static final class Known {
    private static final boolean IS_BUILT =
        BuiltDigests.generator() != 0 && !isFolder(ClassDigest.location(GeneratorDigest.class));
    static final long GENERATOR = IS_BUILT ? BuiltDigests.generator() : ClassDigest.generator();
    static final long LAYOUTS = IS_BUILT ? BuiltDigests.layouts() : ClassDigest.layouts();
  }

  /** By the rule of class loaders; asking the file system takes longer in a fresh process. */
  static boolean isFolder(@Nullable URL location) {
    return location != null
        && location.getProtocol().equals("file")
        && location.getPath().endsWith("/");
  }
}
