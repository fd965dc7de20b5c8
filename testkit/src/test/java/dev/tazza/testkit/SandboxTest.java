package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Addresses that wrap around at 2^32 stay in the guest's own memory, whatever the optimizer was
 * asked before it came to them.
 */
class SandboxTest {
  /** How many sums stand over the address that the first access asks about. */
  private static final int DEEPEST = 12;

  /**
   * In one loop an access at a sum of {@code depth} levels over {@code v}, then one at {@code v}
   * itself. The function that analyses the first gives up at some depth; what it notes about v then
   * must not be taken for more than it is.
   */
  private static String module(String address, int depth) {
    String loop =
        """
          (local $v i32) (local $i i32) (local $s i32) (local $r i64)
          (loop $l
            (local.set $v %s)
            (local.set $s (i32.add (local.get $s) (i32.load8_u (i32.shl %s (i32.const 1)))))
            %%s
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (local.get $s))))
        """
            .formatted(address, sum(depth, "(local.get $s)"));
    return """
    (module
      (memory 1)
      (data (i32.const 32) "mine....")
      (func (export "peek") (param $x i32) (result i64) %s (local.get $r))
      (func (export "poke") (param $x i32) (param $w i64) %s)
      (func (export "get") (result i64) (i64.load (i32.const 32))))
    """
        .formatted(
            loop.formatted("(local.set $r (i64.load (local.get $v)))"),
            loop.formatted("(i64.store (local.get $v) (local.get $w))"));
  }

  /** A sum of {@code depth} levels over {@code v}, to which it adds {@code other} and a counter. */
  private static String sum(int depth, String other) {
    StringBuilder sum = new StringBuilder("(local.get $v)");
    for (int i = 0; i < depth; i++) {
      sum.insert(0, "(i32.add ").append(i % 2 == 0 ? other : "(local.get $i)").append(')');
    }
    return sum.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, 4294967296",
    "SPEED, 4294967296",
    "NONE, 0",
    "SPEED, 0",
  })
  void addressesWrapAroundUnderDeepSums(OptLevel level, long staticMaximum) {
    Config config = new Config().optLevel(level).staticMemoryMaximumSize(staticMaximum);
    try (Engine engine = new Engine(config)) {
      for (int depth = 0; depth <= DEEPEST; depth++) {
        wrapsAround(engine, module("(i32.shl (local.get $x) (i32.const 3))", depth), 1 << 29 | 4);
        wrapsAround(engine, module("(i32.add (local.get $x) (i32.const 4128))", depth), -4096);
        wrapsAround(engine, module("(i32.mul (local.get $x) (i32.const 8))", depth), 1 << 30 | 4);
        wrapsAround(engine, module("(i32.sub (local.get $x) (i32.const -64))", depth), -32);
      }
    }
  }

  /**
   * A constant below zero is a great number where the search for bounds gives up at it: one that
   * must not be added as a small one in 64 bits.
   */
  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void constantsAreOneNumberUnderDeepSums(OptLevel level) {
    try (Engine engine = new Engine(new Config().optLevel(level))) {
      for (int depth = 0; depth <= DEEPEST; depth++) {
        String text =
            """
            (module
              (global $sums (mut i64) (i64.const 0))
              (func (export "f") (param $x i32) (result i64)
                (local $v i32) (local $i i32) (local $s i64) (local $r i64)
                (loop $l
                  (local.set $v (i32.add (i32.and (local.get $x) (i32.const 7)) (i32.const -8)))
                  (local.set $s
                    (i64.add (local.get $s) (i64.extend_i32_u (i32.shl %s (i32.const 1)))))
                  (local.set $r (i64.extend_i32_u (local.get $v)))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.lt_u (local.get $i) (local.get $x))))
                (global.set $sums (local.get $s))
                (local.get $r)))
            """
                .formatted(sum(depth, "(local.get $x)"));
        try (Module module = Module.compile(engine, text);
            Store<Void> store = new Store<>(engine)) {
          Instance instance = new Linker<Void>(engine).instantiate(store, module);
          for (int x = 0; x < 8; x++) {
            assertEquals(0xffff_fff8L + x, instance.func("f").call(x)[0], text);
          }
        }
      }
    }
  }

  /** The address that {@code x} leads to is 32, by way of a number that 32 bits do not hold. */
  private static void wrapsAround(Engine engine, String text, int x) {
    try (Module module = Module.compile(engine, text);
        Store<Void> store = new Store<>(engine)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      Func get = instance.func("get");
      assertEquals(get.call()[0], instance.func("peek").call(x)[0], text);
      instance.func("poke").call(x, 0x0123456789abcdefL);
      assertEquals(0x0123456789abcdefL, get.call()[0], text);
    }
  }
}
