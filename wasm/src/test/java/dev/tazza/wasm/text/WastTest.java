package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WastTest {
  private static WastDirective one(String script) {
    List<WastDirective> commands = Wast.parse(script);
    assertEquals(1, commands.size(), script);
    return commands.get(0);
  }

  private static List<WastResult> results(String patterns) {
    String script = "(assert_return (invoke \"f\") " + patterns + ")";
    return assertInstanceOf(WastDirective.AssertReturn.class, one(script)).results();
  }

  @Test
  void commandsAndTheirLines() {
    List<WastDirective> commands =
        Wast.parse(
            """
            (module $m (func))
            (register "as" $m)

            (invoke $m "f" (i32.const -1) (f32.const nan:0x1) (ref.extern 7) (ref.null func))
            (assert_return (get "g") (i64.const 5))
            (assert_trap (invoke "f") "unreachable")
            (assert_trap (module (start 0) (func unreachable)) "unreachable")
            (assert_exhaustion (invoke "f") "call stack exhausted")
            (assert_malformed (module quote "(fun" "c") "unexpected")
            (assert_invalid (module (func (result i32))) "type mismatch")
            (assert_unlinkable (module binary "\\00asm" "\\01\\00\\00\\00") "unknown import")
            (module definition $d (func)) (module instance $i $d) (assert_exception (invoke "f"))
            """);
    String kinds =
        "Module Register Action AssertReturn AssertTrap AssertModuleTrap AssertExhaustion"
            + " AssertMalformed AssertInvalid AssertUnlinkable Definition Instance AssertException";
    int[] lines = {1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12, 12};
    for (int i = 0; i < commands.size(); i++) {
      assertEquals(kinds.split(" ")[i], commands.get(i).getClass().getSimpleName());
      assertEquals(lines[i], commands.get(i).line());
    }
    assertEquals(lines.length, commands.size());
    assertEquals(new WastDirective.Register(2, "as", "m"), commands.get(1));
    assertEquals(new WastDirective.Instance(12, "i", "d"), commands.get(11));
    WastAction.Invoke invoke =
        assertInstanceOf(
            WastAction.Invoke.class, ((WastDirective.Action) commands.get(2)).action());
    assertEquals("m", invoke.module());
    assertEquals(
        List.of(
            new WastValue.I32(-1),
            new WastValue.F32(0x7f80_0001),
            new WastValue.RefExtern(7),
            new WastValue.RefNull("func")),
        invoke.arguments());
  }

  @Test
  void threads() {
    List<WastDirective> commands =
        Wast.parse(
            """
            (thread $t (shared (module $m)) (shared (module $n))
              (register "as" $m)
              (thread (no_such_command))
              (wait))
            (wait $t)
            (thread (shared (module)))
            """);
    assertEquals(3, commands.size());
    WastDirective.Thread thread = assertInstanceOf(WastDirective.Thread.class, commands.get(0));
    assertEquals("t", thread.name());
    assertEquals(List.of("m", "n"), thread.shared());
    assertEquals(new WastDirective.Register(2, "as", "m"), thread.commands().get(0));
    WastDirective.Thread inner =
        assertInstanceOf(WastDirective.Thread.class, thread.commands().get(1));
    assertEquals(
        3, assertInstanceOf(WastDirective.Unreadable.class, inner.commands().get(0)).line());
    assertEquals(new WastDirective.Wait(4, null), thread.commands().get(2));
    assertEquals(new WastDirective.Wait(5, "t"), commands.get(1));
    assertInstanceOf(WastDirective.Unreadable.class, commands.get(2));
    String deep = "(thread ".repeat(100_000) + ")".repeat(100_000);
    assertInstanceOf(WastDirective.Thread.class, one(deep));
  }

  @Test
  void patterns() {
    assertEquals(List.of(), results(""));
    assertEquals(
        List.of(
            new WastResult.NanCanonical(32),
            new WastResult.NanArithmetic(64),
            new WastResult.AnyReference("func"),
            new WastResult.AnyReference("extern"),
            new WastResult.Exactly(new WastValue.RefNull(null))),
        results(
            "(f32.const nan:canonical) (f64.const nan:arithmetic) (ref.func) (ref.extern)"
                + " (ref.null)"));
    assertEquals(
        List.of(new WastResult.Exactly(new WastValue.V128(0x0000_0002_0000_0001L, 3))),
        results("(v128.const i32x4 1 2 3 0)"));
    assertEquals(
        List.of(new WastResult.Exactly(new WastValue.V128(0x3ff0_0000_0000_0000L, 0))),
        results("(v128.const f64x2 1.0 0)"));
    assertEquals(
        List.of(
            new WastResult.Lanes(
                List.of(
                    new WastResult.NanCanonical(64),
                    new WastResult.Exactly(new WastValue.F64(0))))),
        results("(v128.const f64x2 nan:canonical 0)"));
    assertEquals(
        List.of(
            new WastResult.Either(
                List.of(
                    new WastResult.Exactly(new WastValue.I32(1)),
                    new WastResult.Exactly(new WastValue.I32(2))))),
        results("(either (i32.const 1) (i32.const 2))"));
  }

  @Test
  void aBadCommandDoesNotSpoilTheOthers() {
    List<WastDirective> commands =
        Wast.parse(
            """
            (module (func (no.such.thing "(" 5x)))
            (no_such_command (a (b)) "c")
            (assert_return (invoke "f") (i32.const 4294967296))
            stray
            (invoke "f")
            """);
    assertEquals(5, commands.size());
    WastModule bad = assertInstanceOf(WastDirective.Module.class, commands.get(0)).module();
    MalformedException e = assertThrows(MalformedException.class, bad::assemble);
    assertEquals("1:16: unknown operator no.such.thing", e.getMessage());
    for (int i = 1; i < 4; i++) {
      int line = i + 1;
      WastDirective.Unreadable unreadable =
          assertInstanceOf(WastDirective.Unreadable.class, commands.get(i));
      assertEquals(line, unreadable.line());
      assertEquals(true, unreadable.reason().toString().contains(": " + line + ":"));
    }
    assertInstanceOf(WastDirective.Action.class, commands.get(4));
  }

  @Test
  void aScriptOfFieldsIsOneModule() {
    WastDirective.Module module =
        assertInstanceOf(
            WastDirective.Module.class, one("(func) (memory 0) (func (export \"f\"))"));
    assertNull(module.name());
    assertEquals(true, module.module().assemble().bytes().length > 8);
  }
}
