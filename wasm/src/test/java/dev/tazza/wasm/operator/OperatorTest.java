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
    assertEquals(437, Operator.values().length);
    assertEquals(236, vectors);
    assertNull(Operator.plain(0x06));
    assertNull(Operator.prefixed(0xFC, 18));
    assertNull(Operator.prefixed(0xFD, 0x9A));
    assertNull(Operator.prefixed(0xFD, -1));
    assertNull(Operator.prefixed(0x41, 0));
  }

  @Test
  void constantsAreNamedAfterTheirMnemonics() {
    for (Operator operator : Operator.values()) {
      if (operator != Operator.SELECT_TYPED) {
        assertEquals(
            operator.mnemonic().replace('.', '_'), operator.name().toLowerCase(), operator.name());
      }
    }
  }

  @Test
  void vectorsNeedSimd() {
    for (Operator operator : Operator.values()) {
      assertEquals(
          operator.prefix() == 0xFD, operator.feature() == Feature.SIMD, operator.mnemonic());
    }
  }

  @Test
  void accessWidthsAgreeWithMnemonics() {
    Pattern scalar = Pattern.compile("([if])(32|64)\\.(?:load|store)(8|16|32)?(?:_[su])?");
    Pattern vector = Pattern.compile("v128\\.(?:load|store)(8|16|32|64)_(?:splat|lane|zero)");
    for (Operator operator : Operator.values()) {
      if (operator.immediate() == Immediate.MEMARG
          || operator.immediate() == Immediate.MEMARG_LANE) {
        Matcher narrow = scalar.matcher(operator.mnemonic());
        Matcher lane = vector.matcher(operator.mnemonic());
        String bits = "128";
        if (narrow.matches()) {
          bits = narrow.group(3) == null ? narrow.group(2) : narrow.group(3);
        } else if (lane.matches()) {
          bits = lane.group(1);
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
        assertTrue(operator.resultCount() <= 1, operator.mnemonic());
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
