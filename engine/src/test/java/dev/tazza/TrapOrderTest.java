package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of several accesses out of bounds, the first one traps, wherever loads are part of others. */
class TrapOrderTest {
  private static final int OUTSIDE = -8;

  /** Each loads from its first parameter first, and from its second one then. */
  private static final String MODULE =
      """
      (module
        (memory 1)
        (func (export "user") (param i32 i32) (result i32)
          (i32.xor (i32.load (local.get 0))
            (i32.add (i32.load (local.get 1)) (i32.const 1))))
        (func (export "difference") (param i32 i32) (result i64)
          (i64.sub (i64.load (local.get 0)) (i64.load (local.get 1))))
        (func (export "comparison") (param i32 i32) (result i32)
          (i32.lt_s (i32.load (local.get 0)) (i32.load8_s (local.get 1))))
        (func (export "update") (param i32 i32)
          (i32.store (local.get 0)
            (i32.add (i32.load (local.get 0)) (i32.load (local.get 1)))))
        (func (export "floats") (param i32 i32) (result f64)
          (f64.div (f64.load (local.get 0)) (f64.sqrt (f64.load (local.get 1)))))
        (func (export "vectors") (param i32 i32) (result i32)
          (i8x16.bitmask
            (i8x16.sub (v128.load (local.get 0)) (v128.not (v128.load (local.get 1))))))
        (func (export "crossed") (param i32 i32) (result i32)
          (local i32 i32)
          (local.set 2 (i32.load (local.get 0)))
          (local.set 3 (i32.load (local.get 1)))
          (i32.sub (i32.mul (local.get 3) (i32.const 5)) (local.get 2)))
      )
      """;

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void theFirstLoadTraps(OptLevel level) {
    try (Engine engine = new Engine(new Config().optLevel(level));
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      for (String name : instance.exportNames()) {
        Func function = instance.func(name);
        int first = offset(function, OUTSIDE, 0);
        assertEquals(first, offset(function, OUTSIDE, OUTSIDE), name);
      }
    }
  }

  private static int offset(Func function, int first, int second) {
    Trap trap = assertThrows(Trap.class, () -> function.call(first, second));
    return (int) trap.frames().getFirst().offset();
  }
}
