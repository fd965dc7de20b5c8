package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Text that is wrong or hostile: an error that says where, and nothing worse. */
class WatErrorTest {
  private static final String SAMPLE =
      """
      (module $sample ;; a comment
        (type $t (func (param i32) (result i32)))
        (import "a" "b" (func $host (type $t)))
        (memory (export "m") 1 2) (table $tab 2 funcref)
        (global $g (mut f64) (f64.const -0x1.8p3))
        (func $f (export "f") (type $t) (local $x v128)
          (block $l (result i32) (@note "x")
            (if (result i32) (local.get 0)
              (then (call_indirect $tab (type $t) (i32.const 1) (i32.const 0)))
              (else (br $l (i32.load8_u offset=4 align=1 (i32.const 7)))))))
        (func loop $"a b" i64.const 0x1_0 drop f32.const nan:0x1 drop br $"a b" end)
        (elem (i32.const 0) $f $f) (data $d (i32.const 8) "a\\00\\u{20ac}") (start 2)
        (; block (; nested ;) ;))
      """;

  private static String error(String text) {
    MalformedException e = assertThrows(MalformedException.class, () -> Wat.parse(text));
    return String.valueOf(e.getMessage());
  }

  private static void assertError(String expected, String text) {
    String message = error(text);
    assertEquals(expected, message.substring(0, Math.min(expected.length(), message.length())));
  }

  @Test
  void messages() {
    assertError("2:13: unknown local $x", "(func\n  local.get $x)");
    assertError("1:12: unknown func $g", "(func call $g)");
    assertError("1:7: unknown operator foo.bar", "(func foo.bar)");
    assertError("1:17: i32 constant out of range", "(func i32.const 4294967296)");
    assertError(
        "1:12: unexpected token `local`, expected an instruction", "(func nop (local i32))");
    assertError("1:29: duplicate local $x", "(func (param $x i32) (local $x i32))");
    assertError("2:7: duplicate func $f", "(func $f)\n(func $f)");
    assertError("1:17: mismatching label $b", "(func block end $b)");
    assertError("1:12: unknown label $b", "(func br   $b)");
    assertError("1:30: inline function type", "(type (func)) (func (type 0) (param i32))");
    assertError("1:9: import after function", "(func) (import \"\" \"\" (func))");
    assertError("1:16: alignment must be a power of two", "(func i32.load align=3)");
    assertError("1:11: multiple start sections", "(start 0)(start 0)");
    assertError("1:7: unexpected token: the text ends, expected", "(func ");
    assertError("1:8: unexpected token `)`, expected the end of the text", "(func )) ");
    assertError(
        "1:8: unsupported: descriptor needs feature custom descriptors",
        "(type (descriptor 1 (struct)))");
    assertError("1:7: unsupported: resume needs feature stack switching", "(func resume 0)");
    assertError("1:7: unexpected token `catch`, expected an instruction", "(func catch 0)");
    assertError("1:13: unexpected token `nop`, expected `do`", "(func (try (nop)))");
    assertError("1:36: unknown field $z", "(type (struct)) (func struct.get 0 $z)");
    assertError("1:6: unexpected token `(`, expected `(type`", "(rec (func))");
    assertError("1:9: malformed UTF-8 encoding", "(export \"\\ff\" (func 0))");
    assertError("1:25: wrong number of lane literals", "(func v128.const i32x4 1)");
  }

  @Test
  void validationErrorsSayWhereInTheText() {
    byte[] text =
        "(module\n (func (result i32)\n  (i64.const 1)))".getBytes(StandardCharsets.UTF_8);
    ValidationException e =
        assertThrows(ValidationException.class, () -> ModuleReader.read(text, Features.DEFAULT));
    assertEquals(true, e.toString().contains(": 3:"), e::toString);
    assertEquals(0, e.functionIndex());
  }

  private static void readOrReject(byte[] text) {
    try {
      ModuleReader.read(text, Features.DEFAULT);
    } catch (MalformedException e) {
      assertEquals(true, e.toString().matches("(?s)[^:]*: \\d+:\\d+: .*"), e::toString);
    } catch (WasmException e) {
      // Errors about whole declarations do not know their place.
      assertEquals(true, e.offset() == WasmException.NO_OFFSET, e::toString);
    }
  }

  @Test
  void everyPrefix() {
    byte[] text = SAMPLE.getBytes(StandardCharsets.UTF_8);
    assertDoesNotThrow(() -> ModuleReader.read(text, Features.DEFAULT));
    for (int length = 0; length < text.length; length++) {
      readOrReject(Arrays.copyOf(text, length));
    }
  }

  @Test
  void everyCorruptedByte() {
    byte[] text = SAMPLE.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(3);
    String interesting = "()\"$;@0 xe\n\u0000";
    for (int i = 0; i < text.length; i++) {
      byte original = text[i];
      for (int j = 0; j < interesting.length(); j++) {
        text[i] = (byte) interesting.charAt(j);
        readOrReject(text);
      }
      text[i] = (byte) random.nextInt();
      readOrReject(text);
      text[i] = original;
    }
  }

  @Test
  void deepNestingIsNoStackOverflow() {
    int deep = 100_000;
    String[] openings = {
      "(", "(module", "(func ", "(; ", "(@a ", "(@a (", "(i32.eqz ", "(block ", "(if ", "(loop "
    };
    for (String opening : openings) {
      error(opening.repeat(deep));
      error("(module (func " + opening.repeat(deep));
      readOrReject(
          ("(module (func " + opening.repeat(deep) + ")".repeat(deep) + "))")
              .getBytes(StandardCharsets.UTF_8));
    }
    for (String opening : new String[] {"block ", "loop ", "i32.const 0 if "}) {
      readOrReject(
          ("(func " + opening.repeat(deep) + "end ".repeat(deep) + ")")
              .getBytes(StandardCharsets.UTF_8));
    }
    String conditions = "(if ".repeat(deep) + "(i32.const 0)" + "(then))".repeat(deep);
    readOrReject(("(func " + conditions + ")").getBytes(StandardCharsets.UTF_8));
    assertEquals(1, Wast.parse("(".repeat(deep)).size());
    String either =
        "(assert_return (invoke \"f\") " + "(either ".repeat(deep) + ")".repeat(deep + 1);
    assertEquals(WastDirective.Unreadable.class, Wast.parse(either).get(0).getClass());
  }

  /** A parser with a quadratic step would need many seconds for these. */
  @Test
  void workIsLinear() {
    int many = 80_000;
    StringBuilder names = new StringBuilder();
    StringBuilder types = new StringBuilder();
    StringBuilder locals = new StringBuilder("(func");
    StringBuilder labels = new StringBuilder("(func");
    for (int i = 0; i < many; i++) {
      names.append("(func $f").append(i).append(" (param $p i32) block $l").append(i % 100);
      names
          .append(" br $l")
          .append(i % 100)
          .append(" end call $f")
          .append(many - 1 - i)
          .append(')');
      types.append("(func (param");
      for (int bits = i | 1 << 18; bits != 0; bits >>= 1) {
        types.append((bits & 1) == 0 ? " i32" : " i64");
      }
      types.append("))");
      locals.append("(local $x").append(i).append(" i32)");
      labels.append(" block $b").append(i).append(" br $b").append(i / 2);
    }
    locals.append(')').append("(func (local $x i32) local.get $x drop)".repeat(many));
    labels.append(" end".repeat(many)).append(')');
    labels.append("(func block $x br $x end)".repeat(many));
    String strings = "(memory 1)" + "(data \"\\00\\u{20ac}\" \"x\")".repeat(many);
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          Wat.parse(names);
          Wat.parse(types);
          Wat.parse(locals);
          Wat.parse(labels);
          Wat.parse(strings);
        });
  }
}
