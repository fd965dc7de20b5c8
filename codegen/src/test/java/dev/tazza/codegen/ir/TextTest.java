package dev.tazza.codegen.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.codegen.CompilerBug;
import org.junit.jupiter.api.Test;

/** The text of functions is read and written without loss, and the verifier finds what is wrong. */
final class TextTest {
  private static final String SUM =
      """
      function sum(i64, i32) -> (i32) {
      b0(v0: i64, v1: i32):
        v2 = iconst.i32 -5
        v14 = context.i64
        v13 = fconst.f64 0x7ff8000000000000
        jump b1(v1, v2)
      b1(v3: i32, v4: i32):
        v5 = load.i64 const.64 [v0+8]
        v6 = add.i32 v4, v3 @17
        v7 = icmp.lt_s v6, v2
        v15 = load.i64 mem.8s [v0-8] trap 3 @5
        store mem.16 [v5+16], v6 trap 2
        v8, _ = call 3(v0, v6): (i64, i32) -> (i32, i64)
        call_indirect v5(v0, v6): (i64, i32) -> ()
        call_ref v5+8(v0, v6): (i64, i32) -> () trap 3
        _, v9 = call_native v5(v0): (i64) -> (i32, i64)
        trap_if v8 trap 9
        v10 = div_u.i32 v8, v6 trap 4 @3
        branch v8, b1(v8, v6), b2
      b3:
        return v3
      b2 cold:
        switch v7, b3, b3, b4
      b4 cold:
        trap 1 @20
      }
      """;

  @Test
  void roundTrip() {
    Function function = Parser.parse(SUM, TestRegions.ALL);
    Verifier.verify(function, "input");
    assertEquals(SUM, Printer.print(function));
  }

  @Test
  void verifierFindsErrors() {
    reject("v2 = add.i32 v0, v1", "return v0");
    reject("v2 = add.i32 v1, v3", "v3 = iconst.i32 0", "return v0");
    reject("return v1");
    reject("v2 = iconst.i32 4294967295", "return v0");
    reject("jump b1(v1)", "b1:", "return v0");
    reject("jump b1(v1)", "b1(v2: i64):", "return v0");
    reject("branch v1, b1, b2", "b1:", "v2 = iconst.i64 0", "jump b2", "b2:", "return v2");
    reject("jump b0(v0, v1)");
    reject("v2 = load.i32 mem.64 [v0]", "return v0");
    reject("v2 = load.i32 mem.32 [v1]", "return v0");
    reject("trap_if v1", "return v0");
    reject("v2 = iconst.i32 0", "b1:", "return v0");
    reject("call 1(v1): (i64) -> ()", "return v0");
    reject("v2 = uextend.i32 v1", "return v0");
  }

  private static void reject(String... lines) {
    String text =
        "function f(i64, i32) -> (i64) {\nb0(v0: i64, v1: i32):\n"
            + String.join("\n", lines)
            + "\n}\n";
    Function function = Parser.parse(text, TestRegions.ALL);
    assertThrows(CompilerBug.class, () -> Verifier.verify(function, "input"), text);
  }
}
