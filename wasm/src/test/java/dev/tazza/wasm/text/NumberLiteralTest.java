package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.MalformedException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberLiteralTest {
  private static TokenKind kind(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return NumberLiteral.classify(bytes, 0, bytes.length);
  }

  private static long integer(String text, int bits) {
    return NumberLiteral.integer(SourceText.of(text), 0, text.length(), bits);
  }

  private static int f32(String text) {
    assertEquals(true, kind(text) != TokenKind.RESERVED, text);
    return FloatLiteral.f32(SourceText.of(text), 0, text.length());
  }

  private static long f64(String text) {
    assertEquals(true, kind(text) != TokenKind.RESERVED, text);
    return FloatLiteral.f64(SourceText.of(text), 0, text.length());
  }

  private static void outOfRange(String text, int bits) {
    MalformedException e = assertThrows(MalformedException.class, () -> integer(text, bits));
    assertEquals("1:1: i" + bits + " constant out of range", e.getMessage());
  }

  @Test
  void syntax() {
    for (String nat : new String[] {"0", "00", "12_3", "0x0", "0xaF_9", "1_2_3"}) {
      assertEquals(TokenKind.NAT, kind(nat), nat);
      assertEquals(TokenKind.INT, kind("+" + nat), nat);
      assertEquals(TokenKind.INT, kind("-" + nat), nat);
    }
    String[] floats = {
      "0.",
      "0.0",
      "1e5",
      "1E+5",
      "1.e-5",
      "1.5e0_1",
      "0x1.",
      "0x1.8",
      "0x1p5",
      "0xAp-5",
      "0x1.8P+1",
      "inf",
      "nan",
      "nan:0x1",
      "nan:0xf_F"
    };
    for (String number : floats) {
      assertEquals(TokenKind.FLOAT, kind(number), number);
      assertEquals(TokenKind.FLOAT, kind("-" + number), number);
    }
    String[] none = {
      "_1", "1_", "1__2", "0x", "0x_1", "0x1_", "1x", "+-1", "-", "0b1", ".5", "1.5.", "1e", "1e+",
      "0x1p", "1._5", "1_.5", "1e_5", "nan:", "nan:1", "nan:0x", "Inf", "0X1", "1.5p3"
    };
    for (String text : none) {
      assertEquals(TokenKind.RESERVED, kind(text), text);
    }
  }

  @Test
  void integersAtTheirLimits() {
    assertEquals(-1, integer("0xffff_ffff", 32));
    assertEquals(-1, integer("4294967295", 32));
    assertEquals(Integer.MIN_VALUE, integer("-0x8000_0000", 32));
    assertEquals(Integer.MIN_VALUE, integer("0x80000000", 32));
    assertEquals(0, integer("-0", 32));
    assertEquals(-128, integer("-128", 8));
    assertEquals(-1, integer("255", 8));
    assertEquals(-1, integer("18446744073709551615", 64));
    assertEquals(-1, integer("0x0000_0000_ffff_FFFF_ffff_ffff", 64));
    assertEquals(Long.MIN_VALUE, integer("-9223372036854775808", 64));
    assertEquals(5, integer("+000000000000000000000000000005", 64));
    outOfRange("256", 8);
    outOfRange("-129", 8);
    outOfRange("4294967296", 32);
    outOfRange("-2147483649", 32);
    outOfRange("18446744073709551616", 64);
    outOfRange("0x1_0000_0000_0000_0000", 64);
    outOfRange("-9223372036854775809", 64);
    outOfRange("99999999999999999999999999999999999999", 64);
  }

  @Test
  void specialFloats() {
    assertEquals(0x7f80_0000, f32("inf"));
    assertEquals(0xff80_0000, f32("-inf"));
    assertEquals(0x7fc0_0000, f32("nan"));
    assertEquals(0xff80_0001, f32("-nan:0x1"));
    assertEquals(0x7fff_ffff, f32("nan:0x7f_ffff"));
    assertEquals(0x7ff8_0000_0000_0000L, f64("+nan"));
    assertEquals(0xfff0_0000_0000_0123L, f64("-nan:0x123"));
    assertEquals(0x8000_0000, f32("-0"));
    assertEquals(0x8000_0000_0000_0000L, f64("-0x0p99999999999999999999"));
    assertThrows(MalformedException.class, () -> f32("nan:0x0"));
    assertThrows(MalformedException.class, () -> f32("nan:0x80_0000"));
    assertThrows(MalformedException.class, () -> f64("nan:0x1_0000_0000_0000_0000_0001"));
  }

  @Test
  void floatsAtTheirLimits() {
    assertEquals(0x7f7f_ffff, f32("0x1.fffffep127"));
    assertEquals(0x7f7f_ffff, f32("0x1.fffffeffffff8p127"));
    assertThrows(MalformedException.class, () -> f32("0x1.ffffffp127"));
    assertThrows(MalformedException.class, () -> f32("340282356779733661637539395458142568448"));
    assertEquals(0x7f7f_ffff, f32("340282356779733661637539395458142568447"));
    assertThrows(MalformedException.class, () -> f64("0x1p1024"));
    assertThrows(MalformedException.class, () -> f64("1e99999999999999999999"));
    assertEquals(1, f32("0x1p-149"));
    assertEquals(0, f32("0x1p-150"));
    assertEquals(1, f32("0x1.0000000000000000000000000000001p-150"));
    assertEquals(2, f32("0x1.8p-149"));
    assertEquals(0x0080_0000, f32("0x0.ffffffffp-126"));
    assertEquals(1, f64("0x1p-1074"));
    assertEquals(0, f64("0x1p-1075"));
    assertEquals(1, f64("0x1.00000000000000000000000001p-1075"));
    assertEquals(0, f64("0x1p-99999999999999999999"));
    assertEquals(0x3ff0_0000_0000_0000L, f64("0x0." + "0".repeat(4999) + "1p20000"));
    assertEquals(0x3ff0_0000_0000_0000L, f64("0x1" + "0".repeat(5000) + "p-20000"));
  }

  /** Random hexadecimal floats with long tails, checked against exact arithmetic. */
  @Test
  void hexadecimalFloatsRoundToNearestEven() {
    Random random = new Random(20250101);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder digits = new StringBuilder("1");
      int length = random.nextInt(30);
      int zerosFrom = random.nextInt(31);
      for (int j = 0; j < length; j++) {
        int digit = j < zerosFrom ? random.nextInt(16) : j == zerosFrom ? 8 : 0;
        digits.append(Integer.toHexString(digit));
      }
      int point = random.nextInt(digits.length());
      String mantissa = digits.substring(0, point + 1) + "." + digits.substring(point + 1);
      checkHexadecimal(mantissa, random.nextInt(-1150, 1000 - 4 * length));
      checkHexadecimal(mantissa, random.nextInt(-180, 120 - 4 * length));
    }
  }

  private static void checkHexadecimal(String mantissa, int exponent) {
    String text = "0x" + mantissa + "p" + exponent;
    int point = mantissa.indexOf('.');
    BigDecimal exact = new BigDecimal(new java.math.BigInteger(mantissa.replace(".", ""), 16));
    int scale = exponent - 4 * (mantissa.length() - point - 1);
    BigDecimal two = BigDecimal.TWO;
    exact = scale >= 0 ? exact.multiply(two.pow(scale)) : exact.divide(two.pow(-scale));
    double wanted = Double.parseDouble(exact.toString());
    assertEquals(Double.doubleToRawLongBits(wanted), f64(text), text);
    float wanted32 = Float.parseFloat(exact.toString());
    if (!Float.isInfinite(wanted32)) {
      assertEquals(Float.floatToRawIntBits(wanted32), f32(text), text);
    }
  }

  @Test
  void floatsPrintAndReadBack() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      int single = random.nextInt();
      assertEquals(single, f32(FloatText.f32(single)), () -> FloatText.f32(single));
      long wide = random.nextLong();
      assertEquals(wide, f64(FloatText.f64(wide)), () -> FloatText.f64(wide));
    }
    for (int single : new int[] {0, 1, 0x7f80_0000, 0x7fc0_0000, 0x7f80_0001, 0x0080_0000}) {
      assertEquals(single, f32(FloatText.f32(single)));
      assertEquals(single | 0x8000_0000, f32(FloatText.f32(single | 0x8000_0000)));
    }
  }
}
