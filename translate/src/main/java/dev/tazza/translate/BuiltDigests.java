package dev.tazza.translate;

/**
 * What {@link GeneratorDigest} found when this was built; 0 when nobody looked. The build replaces
 * the class: see {@code tool/Digest.java}.
 */
final class BuiltDigests {
  private BuiltDigests() {}

  static long generator() {
    return 0;
  }

  static long layouts() {
    return 0;
  }
}
