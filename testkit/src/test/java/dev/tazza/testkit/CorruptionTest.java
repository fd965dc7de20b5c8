package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.text.Wat;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Damaged modules: every prefix, and every byte replaced. By default a byte is replaced by twelve
 * values: each bit flipped, and the edges of LEB128; {@code -Dhostile.full} tries all 255.
 *
 * <p>The modules have no loops and no branches, so whatever one byte makes of them comes to an end:
 * a call of itself ends the stack.
 */
class CorruptionTest {
  private static final boolean FULL = System.getProperty("hostile.full") != null;

  private static final String NUMBERS =
      """
      (module $numbers
        (type $t (func (param i32 i64 f32 f64) (result f64 i32)))
        (func $f (export "f") (type $t) (local i32 i64)
          (local.set 4 (i32.div_s (i32.const 1000) (i32.add (local.get 0) (i32.const 3))))
          (local.set 5 (i64.rotl (i64.mul (local.get 1) (i64.const 77)) (i64.const 5)))
          (f64.add (f64.sqrt (f64.const 2)) (f64.convert_i64_s (local.get 5)))
          (select (local.get 4) (i32.trunc_sat_f32_u (local.get 2)) (i32.clz (local.get 4))))
        (func (export "g") (result i32)
          (if (result i32) (i32.eqz (i32.const 5))
            (then (i32.const 1)) (else (i32.extend8_s (i32.const 0x1ff)))))
        (func (export "h") (call $f (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)) drop drop))
      """;

  private static final String MEMORIES =
      """
      (module
        (import "env" "log" (func $log (param i32)))
        (import "env" "base" (global $base i32))
        (memory (export "memory") 1 3)
        (global $g (export "g") (mut i64) (i64.const 42))
        (data (i32.const 8) "some data")
        (data $passive "more")
        (func $start (memory.init $passive (i32.const 100) (i32.const 1) (i32.const 3)))
        (start $start)
        (func (export "f") (result i64)
          (i32.store offset=4 (i32.const 16) (i32.load8_s (i32.const 9)))
          (i64.store16 align=1 (i32.const 32) (i64.const -2))
          (global.set $g (i64.load32_u (i32.const 30)))
          (memory.copy (i32.const 200) (i32.const 8) (i32.const 20))
          (memory.fill (i32.const 300) (i32.const 7) (i32.const 9))
          (call $log (memory.grow (i32.const 1)))
          (data.drop $passive)
          (i64.add (global.get $g) (i64.extend_i32_u (i32.add (memory.size) (global.get $base))))))
      """;

  private static final String TABLES =
      """
      (module
        (type $i (func (result i32)))
        (table $t (export "t") 6 20 funcref)
        (table $x 3 externref)
        (func $a (type $i) (i32.const 1))
        (func $b (type $i) (i32.const 2))
        (func $c (param f32) (result f32) (f32.neg (local.get 0)))
        (elem (table $t) (i32.const 1) func $a $b $c)
        (elem $passive func $b $a)
        (elem declare func $c)
        (func (export "call") (param i32) (result i32)
          (call_indirect $t (type $i) (i32.add (local.get 0) (i32.const 1))))
        (func (export "null") (call_indirect $t (type $i) (i32.const 5)) drop)
        (func (export "type") (call_indirect $t (type $i) (i32.const 3)) drop)
        (func (export "f") (param externref) (result externref i32)
          (table.init $t $passive (i32.const 0) (i32.const 0) (i32.const 2))
          (table.copy $t $t (i32.const 2) (i32.const 0) (i32.const 3))
          (table.set $t (i32.const 5) (ref.func $c))
          (table.set $x (i32.const 1) (local.get 0))
          (drop (table.grow $t (ref.null func) (i32.const 2)))
          (table.fill $x (i32.const 0) (ref.null extern) (i32.const 1))
          (elem.drop $passive)
          (table.get $x (i32.const 1))
          (i32.add (ref.is_null (table.get $t (i32.const 4))) (table.size $t))))
      """;

  private static final List<String> MODULES = List.of(NUMBERS, MEMORIES, TABLES);

  private final Hostile hostile = new Hostile();

  @AfterEach
  void close() {
    hostile.close();
  }

  private Hostile.Fate run(byte[] bytes, String what) {
    try {
      return hostile.run(bytes);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what, e);
    }
  }

  @Test
  void undamagedOnesRun() {
    for (String text : MODULES) {
      assertEquals(Hostile.Fate.RAN, hostile.run(text));
    }
  }

  @Test
  void everyPrefixOfTheBinary() {
    for (String text : MODULES) {
      byte[] bytes = Wat.parse(text);
      for (int length = 0; length < bytes.length; length++) {
        run(Arrays.copyOf(bytes, length), "prefix of " + length + " bytes");
      }
    }
  }

  @Test
  void everyPrefixOfTheText() {
    for (String text : MODULES) {
      for (int length = 0; length < text.length() - 2; length++) {
        byte[] bytes = text.substring(0, length).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        // Empty text is an empty module, and so is empty binary.
        assertTrue(
            run(bytes, "prefix of " + length) == Hostile.Fate.REFUSED || length == 0,
            () -> "a text without its end is no module");
      }
    }
  }

  @Test
  void everyByteReplaced() {
    Map<Hostile.Fate, Integer> fates = new EnumMap<>(Hostile.Fate.class);
    for (int number = 0; number < MODULES.size(); number++) {
      byte[] bytes = Wat.parse(MODULES.get(number));
      for (int at = 0; at < bytes.length; at++) {
        for (int value : replacements(bytes[at] & 0xff)) {
          byte[] damaged = bytes.clone();
          damaged[at] = (byte) value;
          String what = "module %d, byte 0x%x set to 0x%02x".formatted(number, at, value);
          fates.merge(run(damaged, what), 1, Integer::sum);
        }
      }
    }
    // Both must occur often, or the test would not test much.
    assertTrue(fates.get(Hostile.Fate.REFUSED) > 1000, fates::toString);
    assertTrue(fates.get(Hostile.Fate.RAN) > 1000, fates::toString);
  }

  private static TreeSet<Integer> replacements(int value) {
    TreeSet<Integer> values = new TreeSet<>(List.of(0, 0x7f, 0x80, 0xff));
    for (int bit = 1; bit < 256; bit <<= 1) {
      values.add(value ^ bit);
    }
    for (int i = 0; FULL && i < 256; i++) {
      values.add(i);
    }
    values.remove(value);
    return values;
  }
}
