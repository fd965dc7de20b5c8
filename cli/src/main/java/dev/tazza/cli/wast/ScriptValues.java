package dev.tazza.cli.wast;

import dev.tazza.Func;
import dev.tazza.V128;
import dev.tazza.wasm.text.WastResult;
import dev.tazza.wasm.text.WastValue;
import org.jspecify.annotations.Nullable;

/** The constants of scripts as the values of the API, and what is expected of results. */
final class ScriptValues {
  private static final int F32_QUIET = 0x7fc00000;
  private static final long F64_QUIET = 0x7ff8000000000000L;

  /**
   * The host object that a script calls by a number; equal ones are one object for the guest, see
   * {@link ScriptObjects}.
   */
  record ScriptObject(long number) {}

  private ScriptValues() {}

  static @Nullable Object argument(WastValue value, ScriptObjects objects) {
    return switch (value) {
      case WastValue.I32(int i) -> i;
      case WastValue.I64(long l) -> l;
      case WastValue.F32(int bits) -> Float.intBitsToFloat(bits);
      case WastValue.F64(long bits) -> Double.longBitsToDouble(bits);
      case WastValue.RefNull _ -> null;
      case WastValue.RefExtern(long number) -> objects.object(number);
      case WastValue.V128(long low, long high) -> new V128(low, high);
      case WastValue.RefHost _ ->
          throw new UnsupportedOperationException(
              "arguments of this type do not work yet: " + value);
    };
  }

  static boolean matches(WastResult expected, @Nullable Object actual) {
    return switch (expected) {
      case WastResult.Exactly(WastValue value) -> equal(value, actual);
      case WastResult.NanCanonical(int bits) -> isNan(bits, actual, true);
      case WastResult.NanArithmetic(int bits) -> isNan(bits, actual, false);
      case WastResult.AnyReference(String kind) ->
          kind.equals("func") ? actual instanceof Func : actual != null;
      case WastResult.Either(var alternatives) -> {
        for (WastResult alternative : alternatives) {
          if (matches(alternative, actual)) {
            yield true;
          }
        }
        yield false;
      }
      case WastResult.Lanes(var lanes) -> {
        boolean all = actual instanceof V128;
        for (int i = 0; all && actual instanceof V128 vector && i < lanes.size(); i++) {
          Object lane = lanes.size() == 4 ? (Object) vector.f32(i) : (Object) vector.f64(i);
          all = matches(lanes.get(i), lane);
        }
        yield all;
      }
    };
  }

  private static boolean equal(WastValue expected, @Nullable Object actual) {
    return switch (expected) {
      case WastValue.I32(int i) -> actual instanceof Integer a && a == i;
      case WastValue.I64(long l) -> actual instanceof Long a && a == l;
      case WastValue.F32(int bits) ->
          actual instanceof Float a && Float.floatToRawIntBits(a) == bits;
      case WastValue.F64(long bits) ->
          actual instanceof Double a && Double.doubleToRawLongBits(a) == bits;
      case WastValue.RefNull _ -> actual == null;
      case WastValue.RefExtern(long number) ->
          actual instanceof ScriptObject object && object.number() == number;
      case WastValue.V128(long low, long high) -> new V128(low, high).equals(actual);
      case WastValue.RefHost _ -> false;
    };
  }

  private static boolean isNan(int size, @Nullable Object actual, boolean canonical) {
    if (size == 32 && actual instanceof Float f) {
      int magnitude = Float.floatToRawIntBits(f) & Integer.MAX_VALUE;
      return canonical ? magnitude == F32_QUIET : (magnitude & F32_QUIET) == F32_QUIET;
    }
    if (size == 64 && actual instanceof Double d) {
      long magnitude = Double.doubleToRawLongBits(d) & Long.MAX_VALUE;
      return canonical ? magnitude == F64_QUIET : (magnitude & F64_QUIET) == F64_QUIET;
    }
    return false;
  }

  /** A value for messages; floats with their bits. */
  static String show(@Nullable Object value) {
    return switch (value) {
      case Float f -> "%s (0x%08x)".formatted(f, Float.floatToRawIntBits(f));
      case Double d -> "%s (0x%016x)".formatted(d, Double.doubleToRawLongBits(d));
      case null -> "null";
      default -> value.getClass().getSimpleName() + " " + value;
    };
  }
}
