package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import org.jspecify.annotations.Nullable;

/** The shape and lanes after {@code v128.const}. */
final class VectorLiteral {
  private VectorLiteral() {}

  /** The number of lanes of a shape, 0 if the keyword is none. */
  static int laneCount(@Nullable Keyword shape) {
    if (shape == null) {
      return 0;
    }
    return switch (shape) {
      case I8X16 -> 16;
      case I16X8 -> 8;
      case I32X4, F32X4 -> 4;
      case I64X2, F64X2 -> 2;
      default -> 0;
    };
  }

  /** Writes the 16 bytes of the vector under the cursor. */
  static void write(TokenCursor cursor, BinaryWriter out) {
    Keyword shape = cursor.keyword();
    int count = laneCount(shape);
    if (shape == null || count == 0) {
      throw cursor.unexpected("a vector shape");
    }
    cursor.advance();
    for (int i = 0; i < count; i++) {
      if (!cursor.isFloat()) {
        if (!cursor.is(TokenKind.CLOSE) && !cursor.is(TokenKind.WORD)) {
          throw cursor.unexpected("a number");
        }
        throw cursor.error(wrongCount(shape, count));
      }
      switch (shape) {
        case F32X4 -> out.fixed32(cursor.f32());
        case F64X2 -> out.fixed64(cursor.f64());
        default -> integer(cursor, 128 / count, out);
      }
    }
    if (cursor.isFloat()) {
      throw cursor.error(wrongCount(shape, count));
    }
  }

  private static void integer(TokenCursor cursor, int bits, BinaryWriter out) {
    long lane = cursor.integer(bits);
    for (int shift = 0; shift < bits; shift += 8) {
      out.u8((int) (lane >>> shift) & 0xFF);
    }
  }

  private static String wrongCount(Keyword shape, int count) {
    return "wrong number of lane literals: " + shape.text + " has " + count;
  }
}
