package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.TrapCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same program under every way to lay out memories: the bounds hold exactly, growth keeps the
 * contents.
 */
class MemoryStyleTest {
  private static final String MODULE =
      """
      (module
        (memory (export "m") 1 100)
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "far") (param i32) (result i32) (i32.load offset=0x7ffffff0 (local.get 0)))
        (func (export "farther") (param i32) (result i32)
          (i32.load offset=0xfffffff0 (local.get 0)))
        (func (export "store") (param i32 i64) (i64.store offset=4 (local.get 0) (local.get 1)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "sum") (param i32) (result i32) (local i32)
          (loop (local.set 1 (i32.add (local.get 1) (i32.load8_u (local.get 0))))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1)))
      """;

  private static Config config(String style) {
    Config config = new Config().debugVerifier(true);
    return switch (style) {
      case "static" -> config;
      case "static without guard" -> config.dynamicMemoryGuardSize(0).staticMemoryGuardSize(0);
      case "small static" -> config.staticMemoryMaximumSize(100 << 16);
      case "static forced" -> config.staticMemoryMaximumSize(50 << 16).staticMemoryForced(true);
      case "dynamic" -> config.staticMemoryMaximumSize(0);
      case "dynamic that moves" ->
          config.staticMemoryMaximumSize(0).dynamicMemoryReservedForGrowth(0);
      case "dynamic without guard" ->
          config
              .staticMemoryMaximumSize(0)
              .dynamicMemoryGuardSize(0)
              .guardBeforeLinearMemory(false);
      default -> throw new IllegalArgumentException(style);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "static",
        "static without guard",
        "small static",
        "static forced",
        "dynamic",
        "dynamic that moves",
        "dynamic without guard"
      })
  void boundsHold(String style) {
    try (Engine engine = new Engine(config(style));
        Store<Void> store = new Store<>(engine)) {
      Instance instance =
          new Linker<Void>(engine).instantiate(store, Module.compile(engine, MODULE));
      Func load = instance.func("load");
      Func write = instance.func("store");
      int end = 65536;
      for (int pages = 1; pages <= 4; pages++) {
        end = pages * 65536;
        assertEquals(0, load.call(end - 4)[0]);
        for (int outside : new int[] {end - 3, end, end + 1, end + 65536, -1, -4, 1 << 31}) {
          assertOutOfBounds(load, outside);
        }
        assertOutOfBounds(instance.func("far"), 0);
        assertOutOfBounds(instance.func("far"), -1);
        assertOutOfBounds(instance.func("farther"), 0);
        assertOutOfBounds(instance.func("farther"), 15);
        assertOutOfBounds(instance.func("farther"), 16);
        assertOutOfBounds(write, end - 11, 1L);
        write.call(pages * 100, 0x0101010101010101L);
        assertEquals(pages * 8, instance.func("sum").call(1000)[0]);
        assertEquals(pages, instance.func("grow").call(1)[0]);
      }
      int most = style.equals("static forced") ? 50 : 100;
      assertEquals(5, instance.func("grow").call(most - 5)[0]);
      assertEquals(-1, instance.func("grow").call(1)[0]);
      assertEquals(32, instance.func("sum").call(1000)[0]);
      assertEquals(0, load.call((most << 16) - 4)[0]);
      assertOutOfBounds(load, (most << 16) - 3);
    }
  }

  private static void assertOutOfBounds(Func function, Object... args) {
    Trap trap = assertThrows(Trap.class, () -> function.call(args));
    assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
  }
}
