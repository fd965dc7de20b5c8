package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;

/**
 * Numbers in the notation of the text format, outside of a module: those that a person types or
 * reads.
 *
 * <p>Reading throws {@link MalformedException} for what is not a number of that type.
 */
public final class ConstantText {
  private ConstantText() {}

  /** Reads an i32, signed or unsigned. */
  public static int readI32(String text) {
    return (int) readInteger(text, 32);
  }

  /** Reads an i64, signed or unsigned. */
  public static long readI64(String text) {
    return readInteger(text, 64);
  }

  /** Reads the bits of an f32. */
  public static int readF32(String text) {
    SourceText source = number(text, true);
    return FloatLiteral.f32(source, 0, source.bytes().length);
  }

  /** Reads the bits of an f64. */
  public static long readF64(String text) {
    SourceText source = number(text, true);
    return FloatLiteral.f64(source, 0, source.bytes().length);
  }

  /** Reads an integer of 8 to 64 bits, signed or unsigned; the result is sign extended. */
  public static long readInteger(String text, int bits) {
    SourceText source = number(text, false);
    return NumberLiteral.integer(source, 0, source.bytes().length, bits);
  }

  private static SourceText number(String text, boolean floating) {
    SourceText source = SourceText.of(text);
    int length = source.bytes().length;
    TokenKind kind =
        length == 0 ? TokenKind.RESERVED : NumberLiteral.classify(source.bytes(), 0, length);
    boolean integer = kind == TokenKind.NAT || kind == TokenKind.INT;
    if (!integer && !(floating && kind == TokenKind.FLOAT)) {
      throw new MalformedException("expected a number but found \"" + text + '"');
    }
    return source;
  }

  /** The f32 of these bits, so that it reads back to the same. */
  public static String ofF32(int bits) {
    return FloatText.f32(bits);
  }

  /** The f64 of these bits, so that it reads back to the same. */
  public static String ofF64(long bits) {
    return FloatText.f64(bits);
  }
}
