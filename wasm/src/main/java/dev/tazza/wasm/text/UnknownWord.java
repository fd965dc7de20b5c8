package dev.tazza.wasm.text;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * Errors about words the parser does not know. Some of them are instructions of proposals; then the
 * error names the feature instead of denying that they exist.
 */
final class UnknownWord {
  /** A prefix of names, or after an asterisk a part of them, and the feature they belong to. */
  private record Row(String pattern, Feature feature) {}

  private static final Row[] ROWS = {
    new Row("return_call", Feature.TAIL_CALLS),
    new Row("try_table", Feature.EXCEPTIONS),
    new Row("throw", Feature.EXCEPTIONS),
    new Row("call_ref", Feature.FUNCTION_REFERENCES),
    new Row("ref.as_non_null", Feature.FUNCTION_REFERENCES),
    new Row("br_on_null", Feature.FUNCTION_REFERENCES),
    new Row("br_on_non_null", Feature.FUNCTION_REFERENCES),
    new Row("br_on_cast", Feature.GC),
    new Row("ref.eq", Feature.GC),
    new Row("ref.test", Feature.GC),
    new Row("ref.cast", Feature.GC),
    new Row("ref.i31", Feature.GC),
    new Row("i31.get", Feature.GC),
    new Row("struct.", Feature.GC),
    new Row("array.", Feature.GC),
    new Row("any.convert_extern", Feature.GC),
    new Row("extern.convert_any", Feature.GC),
    new Row("*.relaxed_", Feature.RELAXED_SIMD),
    new Row("*.atomic.", Feature.THREADS),
    new Row("atomic.fence", Feature.THREADS),
    new Row("i64.add128", Feature.WIDE_ARITHMETIC),
    new Row("i64.sub128", Feature.WIDE_ARITHMETIC),
    new Row("i64.mul_wide_", Feature.WIDE_ARITHMETIC),
  };

  private UnknownWord() {}

  /** The error about a word that is neither a keyword nor a known instruction. */
  static MalformedException error(Cursor cursor, int token) {
    MalformedException unsupported = unsupported(cursor, token);
    return unsupported != null
        ? unsupported
        : cursor.errorAt(token, "unknown operator " + cursor.excerpt(token));
  }

  /** The error about an instruction of a feature that is not built yet; null if it is none. */
  static @Nullable MalformedException unsupported(Cursor cursor, int token) {
    String word = cursor.excerpt(token);
    Feature feature = feature(word);
    return feature == null ? null : cursor.errorAt(token, unsupported(feature, word));
  }

  /** The wording for syntax that belongs to a feature which is not built yet. */
  static String unsupported(Feature feature, String what) {
    return "unsupported: " + what + " needs feature " + feature.title();
  }

  private static @Nullable Feature feature(String word) {
    for (Row row : ROWS) {
      String pattern = row.pattern;
      boolean matches =
          pattern.startsWith("*") ? word.contains(pattern.substring(1)) : word.startsWith(pattern);
      if (matches) {
        return row.feature;
      }
    }
    return null;
  }
}
