package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.operator.Operator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The constants and result patterns of a test script. */
final class WastValues {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** How deep {@code (either …)} may be nested. */
  private static final int MAX_DEPTH = 8;

  private WastValues() {}

  /** Constants up to the closing parenthesis. */
  static List<WastValue> arguments(TokenCursor cursor) {
    List<WastValue> values = new ArrayList<>();
    while (!cursor.is(TokenKind.CLOSE)) {
      cursor.open();
      values.add(value(cursor));
      cursor.close();
    }
    return values;
  }

  /** Result patterns up to the closing parenthesis. */
  static List<WastResult> results(TokenCursor cursor) {
    return results(cursor, MAX_DEPTH);
  }

  private static List<WastResult> results(TokenCursor cursor, int depth) {
    List<WastResult> results = new ArrayList<>();
    while (!cursor.is(TokenKind.CLOSE)) {
      cursor.open();
      results.add(result(cursor, depth));
      cursor.close();
    }
    return results;
  }

  private static WastResult result(TokenCursor cursor, int depth) {
    if (depth > 0 && cursor.accept(Keyword.EITHER)) {
      return new WastResult.Either(results(cursor, depth - 1));
    }
    WastResult any = anyReference(cursor);
    if (any != null) {
      return any;
    }
    Operator operator = cursor.operator();
    if (operator != null) {
      switch (operator) {
        case F32_CONST, F64_CONST -> {
          cursor.advance();
          return lane(cursor, operator == Operator.F32_CONST ? 32 : 64);
        }
        case V128_CONST -> {
          return vector(cursor);
        }
        default -> {
          // A plain value.
        }
      }
    }
    return new WastResult.Exactly(value(cursor));
  }

  /** A float or a NaN pattern. */
  private static WastResult lane(TokenCursor cursor, int bits) {
    if (cursor.accept(Keyword.NAN_CANONICAL)) {
      return new WastResult.NanCanonical(bits);
    }
    if (cursor.accept(Keyword.NAN_ARITHMETIC)) {
      return new WastResult.NanArithmetic(bits);
    }
    return new WastResult.Exactly(
        bits == 32 ? new WastValue.F32(cursor.f32()) : new WastValue.F64(cursor.f64()));
  }

  private static WastResult vector(TokenCursor cursor) {
    int token = cursor.at();
    cursor.advance();
    boolean single = cursor.is(Keyword.F32X4);
    if (!single && !cursor.is(Keyword.F64X2)) {
      cursor.moveTo(token);
      return new WastResult.Exactly(value(cursor));
    }
    cursor.advance();
    List<WastResult> lanes = new ArrayList<>();
    boolean exact = true;
    for (int i = 0; i < (single ? 4 : 2); i++) {
      WastResult lane = lane(cursor, single ? 32 : 64);
      exact &= lane instanceof WastResult.Exactly;
      lanes.add(lane);
    }
    if (exact) {
      cursor.moveTo(token);
      return new WastResult.Exactly(value(cursor));
    }
    return new WastResult.Lanes(lanes);
  }

  private static @Nullable WastResult anyReference(TokenCursor cursor) {
    Keyword keyword = cursor.keyword();
    int token = cursor.at();
    boolean function = cursor.operator() == Operator.REF_FUNC;
    if (!function && keyword == null) {
      return null;
    }
    String kind = function ? "func" : kind(keyword);
    if (kind == null) {
      return null;
    }
    cursor.advance();
    if (cursor.is(TokenKind.CLOSE)) {
      return new WastResult.AnyReference(kind);
    }
    if (function) {
      cursor.u32();
      return new WastResult.AnyReference(kind);
    }
    cursor.moveTo(token);
    return null;
  }

  private static @Nullable String kind(@Nullable Keyword keyword) {
    return switch (keyword) {
      case REF_EXTERN, REF_HOST, REF_ANY, REF_EQ, REF_I31, REF_STRUCT, REF_ARRAY, REF_EXN ->
          keyword.text.substring("ref.".length());
      case null, default -> null;
    };
  }

  /** A constant after its parenthesis. */
  private static WastValue value(TokenCursor cursor) {
    if (cursor.accept(Keyword.REF_EXTERN)) {
      return new WastValue.RefExtern(Integer.toUnsignedLong(cursor.u32()));
    }
    if (cursor.accept(Keyword.REF_HOST)) {
      return new WastValue.RefHost(Integer.toUnsignedLong(cursor.u32()));
    }
    Operator operator = cursor.operator();
    if (operator == null) {
      throw cursor.unexpected("a constant");
    }
    int token = cursor.at();
    cursor.advance();
    return switch (operator) {
      case I32_CONST -> new WastValue.I32((int) cursor.integer(32));
      case I64_CONST -> new WastValue.I64(cursor.integer(64));
      case F32_CONST -> new WastValue.F32(cursor.f32());
      case F64_CONST -> new WastValue.F64(cursor.f64());
      case V128_CONST -> v128(cursor);
      case REF_NULL -> new WastValue.RefNull(heapType(cursor));
      default -> throw cursor.unexpectedAt(token, "a constant");
    };
  }

  private static @Nullable String heapType(TokenCursor cursor) {
    if (cursor.is(TokenKind.CLOSE)) {
      return null;
    }
    if (!cursor.is(TokenKind.WORD) && !cursor.is(TokenKind.NAT) && !cursor.is(TokenKind.ID)) {
      throw cursor.unexpected("a heap type");
    }
    String text = cursor.tokens().text(cursor.at());
    cursor.advance();
    return text;
  }

  private static WastValue v128(TokenCursor cursor) {
    BinaryWriter out = new BinaryWriter();
    VectorLiteral.write(cursor, out);
    byte[] bytes = out.toByteArray();
    return new WastValue.V128((long) LONG.get(bytes, 0), (long) LONG.get(bytes, 8));
  }
}
