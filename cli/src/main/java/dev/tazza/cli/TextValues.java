package dev.tazza.cli;

import dev.tazza.V128;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.ConstantText;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values on the command line, in the notation of the text format. What is printed reads back to the
 * same value, bit by bit. A vector is its shape and lanes, as in {@code "i32x4 1 2 3 4"}.
 */
final class TextValues {
  private TextValues() {}

  static @Nullable Object[] parse(String function, FuncType type, List<String> texts) {
    List<ValType> params = type.params();
    if (texts.size() != params.size()) {
      throw new CliException(
          "function %s takes %s, %s, but %d %s given"
              .formatted(
                  WasmModule.quote(function),
                  params.size() == 1 ? "1 argument" : params.size() + " arguments",
                  params,
                  texts.size(),
                  texts.size() == 1 ? "was" : "were"));
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
        case NumType.I32 -> ConstantText.readI32(text);
        case NumType.I64 -> ConstantText.readI64(text);
        case NumType.F32 -> Float.intBitsToFloat(ConstantText.readF32(text));
        case NumType.F64 -> Double.longBitsToDouble(ConstantText.readF64(text));
        case VecType _ -> vector(text);
        default -> {
          if (text.equals("null")) {
            yield null;
          }
          throw new MalformedException("expected null");
        }
      };
    } catch (MalformedException e) {
      throw new CliException(
          "not a value of type %s: '%s'; expected %s".formatted(type, text, notation(type)));
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
          default -> throw new MalformedException("expected a shape");
        };
    if (words.length != count + 1) {
      throw new MalformedException("expected " + count + " lanes");
    }
    int bits = 128 / count;
    long[] halves = new long[2];
    for (int i = 0; i < count; i++) {
      halves[i * bits / 64] |= lane(words[0], bits, words[i + 1]) << i * bits % 64;
    }
    return new V128(halves[0], halves[1]);
  }

  /** A lane's bits, with zeros above. */
  private static long lane(String shape, int bits, String text) {
    return switch (shape) {
      case "f32x4" -> ConstantText.readF32(text) & 0xffff_ffffL;
      case "f64x2" -> ConstantText.readF64(text);
      default -> ConstantText.readInteger(text, bits) & -1L >>> 64 - bits;
    };
  }

  private static String notation(ValType type) {
    return switch (type) {
      case NumType.I32, NumType.I64 -> "an integer such as 42, -1 or 0xff, within its range";
      case NumType.F32, NumType.F64 ->
          "a number such as 1.5, -2e10, 0x1p-3, inf, nan or nan:0x200000, within its range";
      case VecType _ -> "a shape and its lanes such as \"i32x4 1 2 3 4\"";
      default -> "null";
    };
  }

  static String print(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Float f -> ConstantText.ofF32(Float.floatToRawIntBits(f));
      case Double d -> ConstantText.ofF64(Double.doubleToRawLongBits(d));
      default -> value.toString();
    };
  }
}
