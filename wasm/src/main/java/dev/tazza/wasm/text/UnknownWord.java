package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * Errors about words the parser does not know. Some of them belong to proposals; then the error
 * names the proposal instead of denying that they exist.
 */
final class UnknownWord {
  /** A prefix of names, or after an asterisk a part of them, and the proposal they belong to. */
  private record Row(String pattern, String proposal) {}

  private static final String DESCRIPTORS = "custom descriptors";

  private static final Row[] ROWS = {
    new Row("descri", DESCRIPTORS),
    new Row("exact", DESCRIPTORS),
    new Row("*_desc", DESCRIPTORS),
    new Row("cont.", "stack switching"),
    new Row("resume", "stack switching"),
    new Row("suspend", "stack switching"),
  };

  private UnknownWord() {}

  /** The error about a word that is neither a keyword nor a known instruction. */
  static MalformedException error(TokenCursor cursor, int token) {
    MalformedException unsupported = unsupported(cursor, token);
    if (cursor.excerpt(token).equals("component")) {
      return cursor.errorAt(token, "unknown operator component; Tazza runs core modules");
    }
    return unsupported != null
        ? unsupported
        : cursor.errorAt(token, "unknown operator " + cursor.excerpt(token));
  }

  /** The error about a word of a proposal that is not built; null if it is none. */
  static @Nullable MalformedException unsupported(TokenCursor cursor, int token) {
    String word = cursor.excerpt(token);
    for (Row row : ROWS) {
      String pattern = row.pattern;
      boolean matches =
          pattern.startsWith("*") ? word.contains(pattern.substring(1)) : word.startsWith(pattern);
      if (matches) {
        return cursor.errorAt(token, "unsupported: " + word + " needs feature " + row.proposal);
      }
    }
    return null;
  }
}
