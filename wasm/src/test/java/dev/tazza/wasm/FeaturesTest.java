package dev.tazza.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FeaturesTest {

  @Test
  void defaultIsWhatIsStandardAndWorks() {
    assertTrue(Features.DEFAULT.has(Feature.SIMD));
    assertTrue(Features.DEFAULT.has(Feature.REFERENCE_TYPES));
    assertFalse(Features.DEFAULT.has(Feature.THREADS));
    assertTrue(Features.DEFAULT.has(Feature.MULTI_MEMORY));
    assertFalse(Features.DEFAULT.has(Feature.GC));
  }

  @Test
  void switchingOnSwitchesOnWhatIsRequired() {
    Features features = Features.of(Feature.GC);
    assertTrue(features.has(Feature.FUNCTION_REFERENCES));
    assertTrue(features.has(Feature.REFERENCE_TYPES));
    assertTrue(features.has(Feature.BULK_MEMORY));
    assertFalse(features.has(Feature.SIMD));
  }

  @Test
  void switchingOffSwitchesOffWhatRequiresIt() {
    Features features = Features.of(Feature.GC, Feature.SIMD).without(Feature.BULK_MEMORY);
    assertEquals(Features.of(Feature.SIMD), features);
    assertEquals("{SIMD}", features.toString());
  }

  @Test
  void requireNamesTheFeature() {
    var error =
        assertThrows(
            ValidationException.class, () -> Features.NONE.require(Feature.SIMD, "v128.const", 16));
    assertEquals("SIMD not enabled: v128.const (at offset 0x10)", error.getMessage());
    assertEquals(16, error.offset());
  }
}
