package dev.tazza.cli;

import dev.tazza.V128;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values on the command line. Integers are decimal or hexadecimal (0x), signed or unsigned; floats
 * as in Java, also inf and nan. A vector is its shape and lanes, as in {@code "i32x4 1 2 3 4"}.
 */
final class TextValues {
  private TextValues() {}

  static @Nullable Object[] parse(String function, FuncType type, List<String> texts) {
    List<ValType> params = type.params();
    if (texts.size() != params.size()) {
      throw new CliException(
          "function \"%s\" takes %d arguments, %s, but %d were given"
              .formatted(function, params.size(), params, texts.size()));
    }
    @Nullable Object[] values = new @Nullable Object[texts.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = parse(params.get(i), texts.get(i));
    }
    return values;
  }

  private static @Nullable Object parse(ValType type, String text) {
    try {
      return switch (type) {
        case NumType.I32 -> (int) integer(text, Integer.MIN_VALUE, 0xFFFF_FFFFL);
        case NumType.I64 -> longInteger(text);
        case NumType.F32 -> Float.parseFloat(javaFloat(text));
        case NumType.F64 -> Double.parseDouble(javaFloat(text));
        case VecType _ -> vector(text);
        default -> {
          if (text.equals("null")) {
            yield null;
          }
          throw new NumberFormatException();
        }
      };
    } catch (NumberFormatException e) {
      throw new CliException("not a value of type " + type + ": '" + text + "'");
    }
  }

  private static V128 vector(String text) {
    String[] words = text.strip().split("[ ,]+");
    int count =
        switch (words[0]) {
          case "i8x16" -> 16;
          case "i16x8" -> 8;
          case "i32x4", "f32x4" -> 4;
          case "i64x2", "f64x2" -> 2;
          default -> 0;
        };
    if (words.length != count + 1) {
      throw new NumberFormatException();
    }
    int bits = 128 / Math.max(1, count);
    long[] halves = new long[2];
    for (int i = 0; i < count; i++) {
      long lane = lane(words[0], bits, words[i + 1]);
      halves[i * bits / 64] |= lane << i * bits % 64;
    }
    return new V128(halves[0], halves[1]);
  }

  /** A lane's bits, with zeros above. */
  private static long lane(String shape, int bits, String text) {
    return switch (shape) {
      case "f32x4" -> Float.floatToRawIntBits(Float.parseFloat(javaFloat(text))) & 0xffff_ffffL;
      case "f64x2" -> Double.doubleToRawLongBits(Double.parseDouble(javaFloat(text)));
      case "i64x2" -> longInteger(text);
      default -> integer(text, -1L << bits - 1, (1L << bits) - 1) & (1L << bits) - 1;
    };
  }

  private static long integer(String text, long least, long most) {
    long value = longInteger(text);
    if (value < least || value > most) {
      throw new NumberFormatException();
    }
    return value;
  }

  private static long longInteger(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
    long magnitude = Long.parseUnsignedLong(hex ? digits.substring(2) : digits, hex ? 16 : 10);
    if (negative && magnitude < 0 && magnitude != Long.MIN_VALUE) {
      throw new NumberFormatException();
    }
    return negative ? -magnitude : magnitude;
  }

  private static String javaFloat(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.endsWith("inf")) {
      return text.substring(0, text.length() - 3) + "Infinity";
    }
    if (lower.endsWith("nan")) {
      return "NaN";
    }
    return lower.contains("0x") && !lower.contains("p") ? text + "p0" : text;
  }

  static String print(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Float f when Float.isInfinite(f) -> f < 0 ? "-inf" : "inf";
      case Double d when Double.isInfinite(d) -> d < 0 ? "-inf" : "inf";
      case Float f when Float.isNaN(f) -> "nan";
      case Double d when Double.isNaN(d) -> "nan";
      default -> value.toString();
    };
  }
}
