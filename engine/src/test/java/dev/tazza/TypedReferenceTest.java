package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.TrapCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** References to types of modules, in calls, imports, tables, globals and from Java. */
class TypedReferenceTest {
  private Engine engine = new Engine();
  private Store<Void> store = new Store<>(engine, null);
  private Linker<Void> linker = new Linker<>(engine);

  private void start(OptLevel level) {
    engine.close();
    engine =
        new Engine(new Config().optLevel(level).debugVerifier(true).wasmFeature(Feature.GC, true));
    store = new Store<>(engine, null);
    linker = new Linker<>(engine);
  }

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instance(String text) {
    return linker.instantiate(store, Module.compile(engine, text));
  }

  private void trap(TrapCode code, Func function, Object... args) {
    Trap trap = assertThrows(Trap.class, () -> function.call(args));
    assertEquals(code, trap.code());
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void importsGoByTheTypesThemselves(OptLevel level) {
    start(level);
    Instance a =
        instance(
            """
            (rec (type $f (func (param (ref null $g)) (result i32))) (type $g (func (result i32))))
            (type $h (func (param (ref null $f))))
            (func (export "f") (type $f) (i32.const 7)) (func (export "h") (type $h))
            (global (export "g") (ref null $f) (ref.null $f))
            (table (export "t") 1 (ref null $f))
            """);
    linker.instance("a", a);
    // The same types under other indexes.
    Instance b =
        instance(
            """
            (type (func)) (type (struct))
            (rec (type $x (func (param (ref null $y)) (result i32))) (type $y (func (result i32))))
            (type $h (func (param (ref null $x))))
            (import "a" "f" (func $f (type $x))) (import "a" "h" (func (type $h)))
            (import "a" "g" (global (ref null $x))) (import "a" "g" (global funcref))
            (import "a" "t" (table 1 (ref null $x)))
            (func (export "run") (result i32) (call_ref $x (ref.null $y) (ref.func $f)))
            (elem declare func $f)
            """);
    assertArrayEquals(new Object[] {7}, b.func("run").call());
    String[] others = {
      // The indexes are those of module a, the types are not.
      "(rec (type $g (func (result i32))) (type $f (func (param (ref null $g)) (result i32))))"
          + "(import \"a\" \"f\" (func (type $f)))",
      "(type $g (func (result i32))) (type $f (func (param (ref null $g)) (result i32)))"
          + "(import \"a\" \"f\" (func (type $f)))",
      "(type $g (func (result i32))) (type $f (func (param (ref null $g)) (result i32)))"
          + "(import \"a\" \"g\" (global (ref null $f)))",
      "(type $g (func (result i32))) (type $f (func (param (ref null $g)) (result i32)))"
          + "(import \"a\" \"t\" (table 1 (ref null $f)))",
      "(import \"a\" \"t\" (table 1 funcref))",
    };
    for (String text : others) {
      assertThrows(LinkException.class, () -> instance(text), text);
    }
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void indirectCallsTakeSubtypes(OptLevel level) {
    start(level);
    Instance a =
        instance(
            """
            (type $top (sub (func (result i32))))
            (type $middle (sub $top (func (result i32))))
            (type $low (sub final $middle (func (result i32))))
            (type $other (func (result i32)))
            (table 5 funcref)
            (elem (i32.const 0) $a $b $c $d)
            (func $a (type $top) (i32.const 1)) (func $b (type $middle) (i32.const 2))
            (func $c (type $low) (i32.const 3)) (func $d (type $other) (i32.const 4))
            (func (export "top") (param i32) (result i32)
              (call_indirect (type $top) (local.get 0)))
            (func (export "middle") (param i32) (result i32)
              (local.set 0 (i32.add (local.get 0) (i32.const 0)))
              (i32.add (call_indirect (type $middle) (local.get 0)) (local.get 0)))
            (func (export "low") (param i32) (result i32)
              (call_indirect (type $low) (local.get 0)))
            """);
    int[][] expected = {{1, 2, 3, -1}, {-1, 3, 5, -1}, {-1, -1, 3, -1}};
    String[] names = {"top", "middle", "low"};
    for (int i = 0; i < names.length; i++) {
      Func function = a.func(names[i]);
      for (int j = 0; j < 4; j++) {
        if (expected[i][j] < 0) {
          trap(TrapCode.INDIRECT_CALL_TYPE_MISMATCH, function, j);
        } else {
          assertArrayEquals(new Object[] {expected[i][j]}, function.call(j), names[i] + j);
        }
      }
      trap(TrapCode.UNINITIALIZED_ELEMENT, function, 4);
      trap(TrapCode.UNDEFINED_ELEMENT, function, 5);
    }
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void javaGivesWhatTheTypeWants(OptLevel level) {
    start(level);
    Instance a =
        instance(
            """
            (type $f (func (result i32))) (type $g (func (result i64)))
            (func (export "f") (type $f) (i32.const 9)) (func (export "g") (type $g) (i64.const 9))
            (func (export "call") (param (ref $f)) (result i32) (call_ref $f (local.get 0)))
            (func (export "maybe") (param (ref null $f)) (result i32) (call_ref $f (local.get 0)))
            (func (export "same") (param (ref null $f)) (result (ref null $f)) (local.get 0))
            (func (export "any") (param anyref) (result anyref) (local.get 0))
            (global (export "v") (mut (ref null $f)) (ref.null $f))
            (table (export "t") 1 (ref null $f))
            """);
    Func f = a.func("f");
    Func g = a.func("g");
    assertArrayEquals(new Object[] {9}, a.func("call").call(f));
    assertArrayEquals(new Object[] {f}, a.func("same").call(f));
    trap(TrapCode.NULL_FUNCTION_REFERENCE, a.func("maybe"), new Object[] {null});
    assertNull(a.func("any").call(new Object[] {null})[0]);
    String[] takers = {"call", "maybe", "same", "any"};
    for (String taker : takers) {
      Func function = a.func(taker);
      assertThrows(IllegalArgumentException.class, () -> function.call(g), taker);
      assertThrows(IllegalArgumentException.class, () -> function.call("no"), taker);
    }
    assertThrows(IllegalArgumentException.class, () -> a.func("call").call(new Object[] {null}));
    assertThrows(IllegalArgumentException.class, () -> a.global("v").set(g));
    assertThrows(IllegalArgumentException.class, () -> a.table("t").set(0, g));
    a.global("v").set(f);
    a.table("t").set(0, f);
    assertEquals(f, a.table("t").get(0));
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void initialValues(OptLevel level) {
    start(level);
    Instance a =
        instance(
            """
            (type $f (func (result i32)))
            (table $t (export "t") 3 (ref $f) (ref.func $a))
            (elem (table $t) (i32.const 1) (ref $f) (ref.func $b))
            (global $x i32 (i32.add (i32.const 3) (i32.mul (i32.const 4) (i32.const -5))))
            (global (export "x") i32 (i32.sub (global.get $x) (i32.const 1)))
            (global (export "y") i64 (i64.mul (i64.const 1000000000000) (i64.const 3)))
            (memory 1) (data (i32.add (i32.const 1) (i32.const 2)) "*")
            (func $a (type $f) (i32.const 1)) (func $b (type $f) (i32.const 2))
            (func (export "sum") (result i32)
              (i32.add
                (i32.mul (i32.const 100) (call_ref $f (table.get $t (i32.const 0))))
                (i32.add
                  (i32.mul (i32.const 10) (call_ref $f (table.get $t (i32.const 1))))
                  (call_ref $f (table.get $t (i32.const 2))))))
            (func (export "byte") (result i32) (i32.load8_u (i32.const 3)))
            """);
    assertArrayEquals(new Object[] {121}, a.func("sum").call());
    assertEquals(-18, a.global("x").get());
    assertEquals(3_000_000_000_000L, a.global("y").get());
    assertArrayEquals(new Object[] {42}, a.func("byte").call());
    assertTrue(engine.types().size() > 0);
    store.close();
    assertThrows(IllegalStateException.class, () -> a.func("sum").call());
  }
}
