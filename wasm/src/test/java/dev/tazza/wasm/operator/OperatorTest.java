package dev.tazza.wasm.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.type.TypeCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OperatorTest {

  @Test
  void everyOperatorIsFoundByItsOpcode() {
    int vectors = 0;
    for (Operator operator : Operator.values()) {
      Operator found =
          operator.prefix() == 0
              ? Operator.plain(operator.code())
              : Operator.prefixed(operator.prefix(), operator.code());
      assertSame(operator, found);
      vectors += operator.prefix() == 0xFD ? 1 : 0;
    }
    assertEquals(575, Operator.values().length);
    assertEquals(236 + 20, vectors, "SIMD, relaxed SIMD");
    assertNull(Operator.plain(0x16));
    assertNull(Operator.prefixed(0xFB, 31));
    assertNull(Operator.prefixed(0xFC, 18));
    assertNull(Operator.prefixed(0xFE, 4));
    assertNull(Operator.prefixed(0xFE, 0x4F));
    assertNull(Operator.prefixed(0xFD, 0x9A));
    assertNull(Operator.prefixed(0xFD, -1));
    assertNull(Operator.prefixed(0x41, 0));
  }

  @Test
  void constantsAreNamedAfterTheirMnemonics() {
    for (Operator operator : Operator.values()) {
      // Where two share a name, the second one's says what it is about.
      boolean second =
          operator == Operator.SELECT_TYPED
              || operator == Operator.REF_TEST_NULL
              || operator == Operator.REF_CAST_NULL;
      if (!second) {
        assertEquals(
            operator.mnemonic().replace('.', '_'), operator.name().toLowerCase(), operator.name());
      }
    }
  }

  @Test
  void vectorsNeedSimd() {
    for (Operator operator : Operator.values()) {
      assertEquals(
          operator.prefix() == 0xFD && !operator.mnemonic().contains("relaxed"),
          operator.feature() == Feature.SIMD,
          operator.mnemonic());
      assertEquals(
          operator.mnemonic().contains("relaxed"),
          operator.feature() == Feature.RELAXED_SIMD,
          operator.mnemonic());
    }
  }

  @Test
  void accessWidthsAgreeWithMnemonics() {
    Pattern scalar =
        Pattern.compile(
            "([if])(32|64)\\.(?:atomic\\.)?(?:load|store|rmw)(8|16|32)?(?:\\.[a-z]+)?(?:_[su])?");
    Pattern waiting = Pattern.compile("memory\\.atomic\\.(?:notify|wait(32|64))");
    Pattern vector = Pattern.compile("v128\\.(?:load|store)(8|16|32|64)_(?:splat|lane|zero)");
    for (Operator operator : Operator.values()) {
      if (operator.immediate() == Immediate.MEMARG
          || operator.immediate() == Immediate.MEMARG_LANE) {
        Matcher narrow = scalar.matcher(operator.mnemonic());
        Matcher lane = vector.matcher(operator.mnemonic());
        Matcher wait = waiting.matcher(operator.mnemonic());
        String bits = "128";
        if (narrow.matches()) {
          bits = narrow.group(3) == null ? narrow.group(2) : narrow.group(3);
        } else if (lane.matches()) {
          bits = lane.group(1);
        } else if (wait.matches()) {
          bits = wait.group(1) == null ? "32" : wait.group(1);
        } else if (operator.mnemonic().contains("x")) {
          bits = "64";
        }
        assertEquals(Integer.parseInt(bits) / 8, operator.accessBytes(), operator.mnemonic());
        assertEquals(operator.accessBytes(), 1 << operator.naturalAlignLog2());
        assertEquals(TypeCode.ADDRESS, operator.param(0), operator.mnemonic());
      } else {
        assertEquals(0, operator.accessBytes(), operator.mnemonic());
      }
    }
  }

  @Test
  void numericAndVectorSignaturesAreFixed() {
    for (Operator operator : Operator.values()) {
      if (operator.family() == Family.NUMERIC || operator.family() == Family.VECTOR) {
        assertTrue(operator.hasFixedSignature(), operator.mnemonic());
        int results = operator.feature() == Feature.WIDE_ARITHMETIC ? 2 : 1;
        assertTrue(operator.resultCount() <= results, operator.mnemonic());
      }
    }
  }

  @Test
  void conversionsSayTheirTypes() {
    Pattern pattern = Pattern.compile("([if])(32|64)\\.\\w+_([if])(32|64)(?:_[su])?");
    int conversions = 0;
    for (Operator operator : Operator.values()) {
      Matcher matcher = pattern.matcher(operator.mnemonic());
      if (matcher.matches()) {
        conversions++;
        assertEquals(matcher.group(1) + matcher.group(2), TypeCode.toString(operator.result(0)));
        assertEquals(matcher.group(3) + matcher.group(4), TypeCode.toString(operator.param(0)));
      }
    }
    assertEquals(33, conversions);
  }

  @Test
  void lanes() {
    assertEquals(16, Operator.I8X16_REPLACE_LANE.laneCount());
    assertEquals(2, Operator.F64X2_EXTRACT_LANE.laneCount());
    assertEquals(32, Operator.I8X16_SHUFFLE.laneCount());
    assertEquals(8, Operator.V128_STORE16_LANE.laneCount());
    assertEquals(0, Operator.I8X16_SWIZZLE.laneCount());
  }
}
