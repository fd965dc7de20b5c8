package dev.tazza.vm.profile;

import org.jspecify.annotations.Nullable;

/**
 * A frame as profiles show it. All text is for people: what is hostile in names was replaced.
 *
 * @param line 0 when unknown
 * @param column 0 when unknown
 */
public record SampledFrame(
    String function, String module, @Nullable String file, int line, int column) {
  /** The function, with the module that it is of. */
  String qualified() {
    return function + " [" + module + "]";
  }
}
