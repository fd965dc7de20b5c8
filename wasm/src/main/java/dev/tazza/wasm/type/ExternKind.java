package dev.tazza.wasm.type;

import org.jspecify.annotations.Nullable;

/** The kinds of things that modules import and export, in the order of their binary codes. */
public enum ExternKind {
  FUNC("func"),
  TABLE("table"),
  MEMORY("memory"),
  GLOBAL("global"),
  TAG("tag");

  private static final ExternKind[] KINDS = values();

  private final String text;

  ExternKind(String text) {
    this.text = text;
  }

  /** The byte that stands for this kind in the binary format. */
  public int code() {
    return ordinal();
  }

  /** The kind with this binary code, or null. */
  public static @Nullable ExternKind find(int code) {
    return code >= 0 && code < KINDS.length ? KINDS[code] : null;
  }

  /** The keyword of the text format. */
  @Override
  public String toString() {
    return text;
  }
}
