package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Relaxed products and sums are rounded once where the processor can, unless they must not be. */
class RelaxedSimdTest {
  /** Rounded twice, its square less one and twice the rest is 0. */
  private static final float SINGLE = 1 + 0x1p-13f;

  private static final double DOUBLE = 1 + 0x1p-30;

  private static final String TEXT =
      """
      (module
        (memory 1)
        (func (export "madd32") (param f32 f32 f32) (result f32)
          (f32x4.extract_lane 3 (f32x4.relaxed_madd
            (f32x4.splat (local.get 0)) (f32x4.splat (local.get 1)) (f32x4.splat (local.get 2)))))
        (func (export "nmadd32") (param f32 f32 f32) (result f32)
          (f32x4.extract_lane 2 (f32x4.relaxed_nmadd
            (f32x4.splat (local.get 0)) (f32x4.splat (local.get 1)) (f32x4.splat (local.get 2)))))
        (func (export "madd64") (param f64 f64 f64) (result f64)
          (f64x2.extract_lane 1 (f64x2.relaxed_madd
            (f64x2.splat (local.get 0)) (f64x2.splat (local.get 1)) (f64x2.splat (local.get 2)))))
        (func (export "nmadd64") (param f64 f64 f64) (result f64)
          (f64x2.extract_lane 0 (f64x2.relaxed_nmadd
            (f64x2.splat (local.get 0)) (f64x2.splat (local.get 1)) (f64x2.splat (local.get 2)))))
        (func (export "memory64") (param f64 f64 f64) (result f64) (local $sum v128)
          (v128.store offset=3 (i32.const 0) (f64x2.splat (local.get 0)))
          (local.set $sum (f64x2.splat (local.get 2)))
          (f64x2.extract_lane 1
            (f64x2.add
              (f64x2.relaxed_madd (v128.load offset=3 (i32.const 0)) (f64x2.splat (local.get 1))
                (local.get $sum))
              (f64x2.mul (local.get $sum) (f64x2.splat (f64.const 0)))))))
      """;

  /** What all of the functions give. */
  private static List<Number> results(Config config) {
    List<Number> results = new ArrayList<>();
    for (OptLevel level : new OptLevel[] {OptLevel.SPEED, OptLevel.NONE}) {
      try (Engine engine = new Engine(config.optLevel(level).sandboxVerifier(true));
          Module module = Module.compile(engine, TEXT);
          Store<Void> store = new Store<>(engine)) {
        Instance instance = new Linker<Void>(engine).instantiate(store, module);
        float single = SINGLE * SINGLE;
        double both = DOUBLE * DOUBLE;
        results.add((Number) instance.func("madd32").call(SINGLE, SINGLE, -single)[0]);
        results.add((Number) instance.func("nmadd32").call(SINGLE, SINGLE, single)[0]);
        results.add((Number) instance.func("madd64").call(DOUBLE, DOUBLE, -both)[0]);
        results.add((Number) instance.func("nmadd64").call(DOUBLE, DOUBLE, both)[0]);
        results.add((Number) instance.func("memory64").call(DOUBLE, DOUBLE, -both)[0]);
      }
    }
    return results;
  }

  private static List<Number> twice(List<? extends Number> numbers) {
    List<Number> all = new ArrayList<>(numbers);
    all.addAll(numbers);
    return all;
  }

  private static final List<Number> ROUNDED_TWICE = twice(List.of(0f, 0f, 0.0, 0.0, 0.0));

  private static boolean hasFma() {
    return Config.compilerSettings().stream()
        .anyMatch(setting -> setting.name().equals("has_fma") && setting.value().equals("true"));
  }

  @Test
  void roundedOnceWhereTheProcessorCan() {
    float single = Math.fma(SINGLE, SINGLE, -(SINGLE * SINGLE));
    double both = Math.fma(DOUBLE, DOUBLE, -(DOUBLE * DOUBLE));
    assertNotEquals(0f, single);
    assertNotEquals(0.0, both);
    List<Number> once = twice(List.of(single, -single, both, -both, both));
    assertEquals(hasFma() ? once : ROUNDED_TWICE, results(new Config()));
  }

  @Test
  void roundedTwiceWithoutFma() {
    assertEquals(ROUNDED_TWICE, results(new Config().flagSet("has_fma", "false")));
  }

  @Test
  void roundedTwiceWhereAllIsDeterministic() {
    assertEquals(ROUNDED_TWICE, results(new Config().relaxedSimdDeterministic(true)));
  }
}
