package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.ValidationException;
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each setter for a feature decides whether engines accept modules that use it. */
class FeatureOptionTest {
  /** A feature, its setter, and a module that needs it. */
  private record Option(Feature feature, BiFunction<Config, Boolean, Config> setter, String text) {}

  private static final Option[] OPTIONS = {
    new Option(Feature.REFERENCE_TYPES, Config::wasmReferenceTypes, "(func (param externref))"),
    new Option(Feature.BULK_MEMORY, Config::wasmBulkMemory, "(data \"x\")"),
    new Option(Feature.MULTI_VALUE, Config::wasmMultiValue, "(type (func (result i32 i32)))"),
    new Option(Feature.SIMD, Config::wasmSimd, "(func (param v128))"),
    new Option(
        Feature.RELAXED_SIMD,
        Config::wasmRelaxedSimd,
        "(func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))"),
    new Option(Feature.MULTI_MEMORY, Config::wasmMultiMemory, "(memory 0) (memory 0)"),
    new Option(Feature.MEMORY64, Config::wasmMemory64, "(memory i64 0)"),
    new Option(Feature.TAIL_CALLS, Config::wasmTailCalls, "(func $f (return_call $f))"),
    new Option(
        Feature.EXTENDED_CONST,
        Config::wasmExtendedConst,
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
    new Option(
        Feature.FUNCTION_REFERENCES,
        Config::wasmFunctionReferences,
        "(func (param funcref) (drop (ref.as_non_null (local.get 0))))"),
    new Option(Feature.EXCEPTIONS, Config::wasmExceptions, "(tag)"),
    new Option(Feature.LEGACY_EXCEPTIONS, Config::wasmLegacyExceptions, "(func (try (do)))"),
    new Option(Feature.GC, Config::wasmGc, "(func (param anyref))"),
    new Option(Feature.THREADS, Config::wasmThreads, "(memory 1 1 shared)"),
    new Option(
        Feature.WIDE_ARITHMETIC,
        Config::wasmWideArithmetic,
        """
        (func (param i64) (result i64 i64)
          (i64.mul_wide_u (local.get 0) (local.get 0)))
        """),
    new Option(Feature.CUSTOM_PAGE_SIZES, Config::wasmCustomPageSizes, "(memory 0 (pagesize 1))")
  };

  @Test
  void settersDecide() {
    for (Option option : OPTIONS) {
      assertRefused(option, option.setter.apply(new Config(), false));
      assertAccepted(option, option.setter.apply(new Config(), true));
    }
  }

  @Test
  void soDoesTheGeneralOne() {
    for (Option option : OPTIONS) {
      assertRefused(option, new Config().wasmFeature(option.feature, false));
      assertAccepted(option, new Config().wasmFeature(option.feature, true));
    }
  }

  private static void assertRefused(Option option, Config config) {
    try (Engine engine = new Engine(config)) {
      ValidationException refused =
          assertThrows(
              ValidationException.class, () -> Module.compile(engine, option.text), option.text);
      assertTrue(refused.getMessage().contains(option.feature.title()), refused.getMessage());
    }
  }

  private static void assertAccepted(Option option, Config config) {
    try (Engine engine = new Engine(config)) {
      assertDoesNotThrow(() -> Module.compile(engine, option.text).close(), option.text);
    }
  }

  @Test
  void noSetterIsLeftOut() {
    Set<String> setters =
        Stream.of(Config.class.getMethods())
            .filter(method -> method.getReturnType() == Config.class)
            .map(Method::getName)
            .filter(name -> name.startsWith("wasm") && isOfAFeature(name))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> here = new TreeSet<>();
    for (Option option : OPTIONS) {
      here.add(setter(option.feature));
    }
    assertEquals(setters, here);
  }

  private static boolean isOfAFeature(String setter) {
    return EnumSet.allOf(Feature.class).stream().anyMatch(each -> setter(each).equals(setter));
  }

  private static String setter(Feature feature) {
    StringBuilder name = new StringBuilder("wasm");
    for (String word : feature.name().split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }
}
