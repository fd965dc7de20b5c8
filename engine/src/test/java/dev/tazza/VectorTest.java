package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values of type v128 between Java and the guest. */
class VectorTest {
  private static final V128 A = V128.ofI32x4(1, 2, 3, 4);
  private static final V128 B = V128.ofI32x4(10, 20, 30, 40);

  private static Module module(Engine engine, String text) {
    return Module.compile(engine, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void lanes() {
    V128 vector = new V128(0x8877_6655_4433_2211L, 0xffee_ddcc_bbaa_9980L);
    assertEquals((byte) 0x80, vector.i8(8));
    assertEquals((short) 0x8877, vector.i16(3));
    assertEquals(0xffee_ddcc, vector.i32(3));
    assertEquals(0xffee_ddcc_bbaa_9980L, vector.i64(1));
    assertEquals(vector, V128.ofBytes(vector.toBytes()));
    assertEquals(2.5f, V128.ofF32x4(1, 2.5f, 3, 4).f32(1));
    assertEquals(-0.5, V128.ofF64x2(1, -0.5).f64(1));
    assertEquals("i32x4 0x00000001 0x00000002 0x00000003 0x00000004", A.toString());
    assertThrows(IndexOutOfBoundsException.class, () -> vector.i64(2));
    assertThrows(IllegalArgumentException.class, () -> V128.ofBytes(new byte[15]));
  }

  @Test
  void paramsAndResults() throws Throwable {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine);
        Module module =
            module(
                engine,
                """
                (module
                  (func (export "add") (param v128 i32 v128) (result v128)
                    (i32x4.add (local.get 0) (i32x4.add (local.get 2) (i32x4.splat (local.get 1)))))
                  (func (export "many") (param v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
                    (result v128 f64 v128 v128 v128 v128 v128 v128 v128)
                    local.get 9 f64.const 2 local.get 8 local.get 7 local.get 6 local.get 5
                    local.get 4 local.get 3 local.get 2))
                """)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      V128 sum = V128.ofI32x4(111, 122, 133, 144);
      assertArrayEquals(new Object[] {sum}, instance.func("add").call(A, 100, B));
      MethodHandle handle = instance.func("add").handle();
      assertEquals(
          MethodType.methodType(V128.class, V128.class, int.class, V128.class), handle.type());
      assertEquals(sum, (V128) handle.invokeExact(A, 100, B));
      Object[] args = new Object[10];
      for (int i = 0; i < args.length; i++) {
        args[i] = V128.ofI64x2(i, -i);
      }
      assertArrayEquals(
          new Object[] {
            args[9], 2.0, args[8], args[7], args[6], args[5], args[4], args[3], args[2]
          },
          instance.func("many").call(args));
      var wrong =
          assertThrows(IllegalArgumentException.class, () -> instance.func("add").call(1L, 1, B));
      assertEquals(
          "a value of type v128 must be a V128, but is java.lang.Long", wrong.getMessage());
    }
  }

  public static V128 exchanged(V128 vector, double number) {
    return new V128(vector.high(), vector.low() + (long) number);
  }

  @Test
  void hostFunctions() throws Throwable {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine);
        Module module =
            module(
                engine,
                """
                (module
                  (func $a (import "" "a") (param v128 f64) (result v128))
                  (func $b (import "" "b") (param i32 v128) (result v128 v128))
                  (func (export "run") (param v128) (result v128 v128)
                    (call $b (i32.const 7) (call $a (local.get 0) (f64.const 3)))))
                """)) {
      MethodHandle exchange =
          MethodHandles.lookup()
              .findStatic(
                  VectorTest.class,
                  "exchanged",
                  MethodType.methodType(V128.class, V128.class, double.class));
      FuncType type =
          new FuncType(List.of(ValType.I32, ValType.V128), List.of(ValType.V128, ValType.V128));
      Linker<Void> linker = new Linker<>(engine);
      linker.define("", "a", Func.wrap(store, exchange));
      linker.define(
          "",
          "b",
          Func.wrap(
              store,
              type,
              (caller, values) -> {
                V128 vector = values.v128(1);
                values.setV128(0, vector);
                values.setV128(1, new V128(vector.low() + values.i32(0), 0));
              }));
      Instance instance = linker.instantiate(store, module);
      Object[] results = instance.func("run").call(V128.ofI64x2(10, 20));
      assertEquals(V128.ofI64x2(20, 13), results[0]);
      // Argument 0 is still there when result 0 is set.
      assertEquals(V128.ofI64x2(27, 0), results[1]);
    }
  }

  @Test
  void globals() {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine);
        Module module =
            module(
                engine,
                """
                (module
                  (global $in (import "" "in") (mut v128))
                  (global $own (export "own") (mut v128) (v128.const f64x2 1.5 -2))
                  (func (export "run") (param i32)
                    (if (local.get 0) (then (global.set $own (global.get $in))))
                    (global.set $in (f64x2.neg (global.get $own)))))
                """)) {
      Global in = Global.create(store, new GlobalType(ValType.V128, true), A);
      Linker<Void> linker = new Linker<>(engine);
      linker.define("", "in", in);
      Instance instance = linker.instantiate(store, module);
      instance.func("run").call(0);
      assertEquals(V128.ofF64x2(-1.5, 2), in.get());
      in.set(B);
      instance.func("run").call(1);
      assertEquals(B, instance.global("own").get());
      assertThrows(IllegalArgumentException.class, () -> in.set(null));
    }
  }

  @Test
  void memoryEnds() {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine);
        Module module =
            module(
                engine,
                """
                (module
                  (memory 1 1)
                  (func (export "extend") (param i32) (result v128)
                    (i16x8.extend_low_i8x16_u (v128.load (local.get 0))))
                  (func (export "extendHalf") (param i32) (result v128)
                    (v128.load8x8_u (local.get 0)))
                  (func (export "storeLane") (param i32)
                    (v128.store64_lane 1 (local.get 0) (v128.const i64x2 1 2)))
                  (func (export "add") (param i32) (result v128)
                    (i8x16.add (v128.load (local.get 0)) (v128.load (i32.const 3)))))
                """)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      // A load of 16 bytes traps although its user needs only the first eight.
      assertThrows(Trap.class, () -> instance.func("extend").call(65536 - 15));
      assertEquals(V128.ZERO, instance.func("extend").call(65536 - 16)[0]);
      assertEquals(V128.ZERO, instance.func("extendHalf").call(65536 - 8)[0]);
      assertThrows(Trap.class, () -> instance.func("extendHalf").call(65536 - 7));
      assertThrows(Trap.class, () -> instance.func("storeLane").call(65536 - 7));
      instance.func("storeLane").call(65536 - 8);
      assertEquals(V128.ofI64x2(0, 2), instance.func("add").call(65536 - 16)[0]);
      assertThrows(Trap.class, () -> instance.func("add").call(-16));
    }
  }

  @Test
  void processorFeatures() {
    Config config = new Config().flagSet("has_avx", "false");
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine);
        Module module =
            module(
                engine,
                """
                (module
                  (memory 1)
                  (data (i32.const 1) "\\01\\02\\03")
                  (func (export "f") (param i32 v128) (result v128)
                    (i8x16.add (v128.load (local.get 0)) (local.get 1))))
                """)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      // Without AVX an operand in memory would have to be aligned.
      assertEquals(V128.ofI32x4(0x030201 + 1, 2, 3, 4), instance.func("f").call(1, A)[0]);
    }
    var unknown =
        assertThrows(IllegalArgumentException.class, () -> config.flagSet("has_abacus", "true"));
    assertEquals(true, unknown.getMessage().contains("has_avx2"), unknown.getMessage());
    assertThrows(IllegalArgumentException.class, () -> config.flagSet("has_avx", "yes"));
  }

  @Test
  void rejectedWhenOff() {
    try (Engine engine = new Engine(new Config().wasmFeature(Feature.SIMD, false))) {
      var e =
          assertThrows(
              ValidationException.class,
              () ->
                  module(engine, "(module (func (param v128) (drop (i8x16.abs (local.get 0)))))"));
      assertEquals(true, e.getMessage().contains("SIMD"), e.getMessage());
    }
  }
}
