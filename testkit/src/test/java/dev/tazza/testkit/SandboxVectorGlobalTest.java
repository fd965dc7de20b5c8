package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Global;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.V128;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ValType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lanes of a global that are loaded one by one, next to it, are proved to be the module's. */
class SandboxVectorGlobalTest {
  private static final V128 VALUE = new V128(0x8877_6655_4433_2211L, 0xffee_ddcc_bbaa_9980L);

  private static final String MODULE =
      """
      (module
        (import "env" "imported" (global $imported (mut v128)))
        (global $own (mut v128) (v128.const i64x2 0x8877665544332211 0xffeeddccbbaa9980))
        (func (export "own") (result v128 i32 i32 i32 i64) (local $v v128)
          (local.set $v (global.get $own))
          (local.get $v) (i8x16.extract_lane_s 15 (local.get $v))
          (i16x8.extract_lane_u 5 (local.get $v)) (i32x4.extract_lane 1 (local.get $v))
          (i64x2.extract_lane 1 (local.get $v)))
        (func (export "imported") (result v128 i32 i32 i32 i64) (local $v v128)
          (local.set $v (global.get $imported))
          (local.get $v) (i8x16.extract_lane_s 15 (local.get $v))
          (i16x8.extract_lane_u 5 (local.get $v)) (i32x4.extract_lane 1 (local.get $v))
          (i64x2.extract_lane 1 (local.get $v))))
      """;

  @ParameterizedTest
  @EnumSource(
      value = OptLevel.class,
      names = {"NONE", "SPEED"})
  void lanesAreLoaded(OptLevel level) {
    try (Engine engine = new Engine(new Config().optLevel(level).sandboxVerifier(true));
        Store<Void> store = new Store<>(engine);
        Module module = Module.compile(engine, MODULE)) {
      Global imported = Global.create(store, new GlobalType(ValType.V128, true), VALUE);
      Linker<Void> linker = new Linker<Void>(engine).define("env", "imported", imported);
      Instance instance = linker.instantiate(store, module);
      for (String name : new String[] {"own", "imported"}) {
        Object[] results = instance.func(name).call();
        assertEquals(VALUE, results[0]);
        assertEquals(-1, results[1]);
        assertEquals(0xbbaa, results[2]);
        assertEquals(0x8877_6655, results[3]);
        assertEquals(0xffee_ddcc_bbaa_9980L, results[4]);
      }
    }
  }
}
