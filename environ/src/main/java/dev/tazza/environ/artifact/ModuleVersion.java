package dev.tazza.environ.artifact;

import org.jspecify.annotations.Nullable;

/**
 * What an artifact has to agree in with an engine, beside layouts and options, which code cannot do
 * without: the code generator, a text that the embedder chose, or nothing.
 *
 * @param text the embedder's; null: none
 * @param isChecked whether an engine looks at it
 */
public record ModuleVersion(@Nullable String text, boolean isChecked) {
  /** The digest of the code generator. */
  public static final ModuleVersion RUNTIME = new ModuleVersion(null, true);

  /** Nothing. */
  public static final ModuleVersion NONE = new ModuleVersion(null, false);

  /** The most bytes that a text may have, as UTF-8. */
  public static final int LARGEST = 255;

  /** Whether the code generator has to be the same. */
  boolean isOfRuntime() {
    return isChecked && text == null;
  }

  // Plain code: what a record gets from the compiler keeps a copy of Tazza in memory.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModuleVersion that
        && (text == null ? that.text == null : text.equals(that.text));
  }

  @Override
  public int hashCode() {
    return text == null ? 0 : text.hashCode();
  }

  @Override
  public String toString() {
    return text == null ? "no version of its own" : "version \"" + text + "\"";
  }
}
