package dev.tazza.wasm.validate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.text.Wat;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each feature is needed for what it brings, and the error names it and the use. */
class FeatureGateTest {
  private record Use(Feature feature, String what, String text) {}

  private static final Use[] USES = {
    new Use(Feature.MUTABLE_GLOBALS, "export", "(global (export \"g\") (mut i32) (i32.const 0))"),
    new Use(
        Feature.SATURATING_FLOAT_TO_INT,
        "i32.trunc_sat_f32_s",
        "(func (param f32) (drop (i32.trunc_sat_f32_s (local.get 0))))"),
    new Use(
        Feature.SIGN_EXTENSION,
        "i32.extend8_s",
        "(func (param i32) (drop (i32.extend8_s (local.get 0))))"),
    new Use(Feature.MULTI_VALUE, "type 0", "(type (func (result i32 i32)))"),
    new Use(Feature.BULK_MEMORY, "data segment that is not active", "(data \"x\")"),
    new Use(Feature.REFERENCE_TYPES, "type externref", "(func (param externref))"),
    new Use(Feature.SIMD, "type v128", "(func (param v128))"),
    new Use(Feature.THREADS, "shared memory 0", "(memory 1 1 shared)"),
    new Use(Feature.THREADS, "atomic.fence", "(func atomic.fence)"),
    new Use(Feature.MULTI_MEMORY, "2 memories", "(memory 0) (memory 0)"),
    new Use(Feature.MEMORY64, "memory 0", "(memory i64 0)"),
    new Use(Feature.MEMORY64, "table 0", "(table i64 0 funcref)"),
    new Use(Feature.TAIL_CALLS, "return_call", "(func $f (return_call $f))"),
    new Use(
        Feature.EXTENDED_CONST, "i32.add", "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
    new Use(
        Feature.RELAXED_SIMD,
        "i8x16.relaxed_swizzle",
        "(func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))"),
    new Use(
        Feature.FUNCTION_REFERENCES,
        "type (ref null 0)",
        "(type $f (func)) (func (param (ref null $f)))"),
    new Use(
        Feature.FUNCTION_REFERENCES,
        "ref.as_non_null",
        "(func (param funcref) (drop (ref.as_non_null (local.get 0))))"),
    new Use(
        Feature.FUNCTION_REFERENCES,
        "table with an initial value",
        "(func $f) (elem declare func $f) (table 1 funcref (ref.func $f))"),
    new Use(Feature.EXCEPTIONS, "tag 0", "(tag)"),
    new Use(Feature.EXCEPTIONS, "import", "(import \"m\" \"t\" (tag))"),
    new Use(Feature.EXCEPTIONS, "try_table", "(func (try_table))"),
    new Use(Feature.LEGACY_EXCEPTIONS, "try", "(func (try (do)))"),
    new Use(Feature.GC, "type 0", "(type (struct))"),
    new Use(Feature.GC, "type 0", "(rec (type (func)) (type (func)))"),
    new Use(Feature.GC, "type 0", "(type (sub (func)))"),
    new Use(Feature.GC, "type anyref", "(func (param anyref))"),
    new Use(
        Feature.WIDE_ARITHMETIC,
        "i64.mul_wide_u",
        "(func (param i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 0)))"),
    new Use(Feature.CUSTOM_PAGE_SIZES, "memory 0", "(memory 0 (pagesize 1))"),
  };

  @Test
  void everyFeatureIsNeededAndNamed() {
    Features all = Features.of(Feature.values());
    Set<Feature> seen = EnumSet.noneOf(Feature.class);
    for (Use use : USES) {
      byte[] binary = Wat.parse(use.text);
      assertDoesNotThrow(() -> ModuleReader.read(binary, all), use.text);
      Features without = all.without(use.feature);
      ValidationException error =
          assertThrows(
              ValidationException.class,
              () -> ModuleReader.read(binary, without),
              () -> use.feature + ": " + use.text);
      String expected = use.feature.title() + " not enabled: " + use.what;
      assertTrue(String.valueOf(error.getMessage()).contains(expected), error.getMessage());
      seen.add(use.feature);
    }
    assertEquals(EnumSet.allOf(Feature.class), seen);
  }
}
