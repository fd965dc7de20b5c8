package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Options that no other test looks at: what each changes, in the code or in what is seen of it. */
class OptionEffectTest {
  private static final String TEXT =
      """
      (module
        (memory 1)
        (table 4 funcref)
        (type $t (func (param i32) (result i32)))
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "call") (param i32) (result i32)
          (call_indirect (type $t) (local.get 0) (local.get 0)))
        (func $deep (export "deep") (param i32) (result i32)
          (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
          (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
        (func (export "sum") (param i32) (result i32) (local i32)
          (loop $next
            (local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0) (i32.const 8))))
            (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1))
        (func (export "copy") (param i32 i32 i32)
          (memory.copy (local.get 0) (local.get 1) (local.get 2))
          (memory.fill (local.get 0) (local.get 1) (local.get 2))))
      """;

  private static byte[] code(Config config) {
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TEXT)) {
      return module.compiled().text().bytes();
    }
  }

  private static Trap trap(Config config, String function, int argument) {
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Func func =
          Instance.instantiate(store, Module.compile(engine, TEXT), List.of()).func(function);
      return assertThrows(Trap.class, () -> func.call(argument));
    }
  }

  private static void assertCodeDiffers(Config config) {
    assertFalse(Arrays.equals(code(new Config()), code(config)));
  }

  @Test
  void codeHasNoOffsetsWithoutAddressMap() {
    assertTrue(trap(new Config(), "load", -4).frames().getFirst().offset() > 0);
    Config without = new Config().generateAddressMap(false);
    assertEquals(-1, trap(without, "load", -4).frames().getFirst().offset());
  }

  @Test
  void trapsHaveNoFramesWithoutBacktrace() {
    assertEquals(1, trap(new Config(), "load", -4).frames().size());
    assertEquals(0, trap(new Config().wasmBacktrace(false), "load", -4).frames().size());
  }

  @Test
  void aSmallerStackEndsSooner() {
    int small = depth(new Config().maxWasmStack(64 << 10));
    int large = depth(new Config().maxWasmStack(1 << 20));
    assertTrue(small > 100 && large > 12 * small, small + " and " + large);
  }

  /** How deep recursion goes, as a power of 1.1. */
  private static int depth(Config config) {
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Func deep = Instance.instantiate(store, Module.compile(engine, TEXT), List.of()).func("deep");
      int depth = 100;
      try {
        while (true) {
          deep.call(depth);
          depth += depth / 10;
        }
      } catch (Trap overflow) {
        return depth;
      }
    }
  }

  @Test
  void levelsMakeOtherCode() {
    assertCodeDiffers(new Config().optLevel(OptLevel.NONE));
    int small = code(new Config().optLevel(OptLevel.SPEED_AND_SIZE)).length;
    assertTrue(small < code(new Config()).length, "the loop is not unrolled");
  }

  @Test
  void clampsAreInTheCode() {
    assertCodeDiffers(new Config().tableAccessSpectreMitigation(false));
    Config checked = new Config().staticMemoryMaximumSize(0).dynamicMemoryGuardSize(0);
    Config unclamped =
        new Config()
            .staticMemoryMaximumSize(0)
            .dynamicMemoryGuardSize(0)
            .heapAccessSpectreMitigation(false);
    assertFalse(Arrays.equals(code(checked), code(unclamped)));
    assertArrayEquals(code(new Config()), code(new Config().heapAccessSpectreMitigation(false)));
    Config near = new Config().staticMemoryGuardSize(1 << 20);
    assertFalse(
        Arrays.equals(
            code(near),
            code(new Config().staticMemoryGuardSize(1 << 20).heapAccessSpectreMitigation(false))),
        "ranges that could lead out of so small a guard");
  }

  @Test
  void guardsSaveChecks() {
    assertCodeDiffers(new Config().dynamicMemoryGuardSize(0).staticMemoryGuardSize(0));
    assertCodeDiffers(new Config().staticMemoryMaximumSize(0));
  }

  @Test
  void pollsAreInTheCode() {
    assertCodeDiffers(new Config().signalsBasedInterruption(false));
    assertCodeDiffers(new Config().consumeFuel(true));
  }
}
