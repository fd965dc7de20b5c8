package dev.tazza.codegen.ir;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.CompilerBug;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is derived from references: it would stay behind when they change. */
class ReferenceRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "v3 = add.ref v1, v1",
        "v3 = uextend.i64 v1",
        "v3 = bitcast.i32 v1",
        "v3 = bitcast.ref v2",
        "v3 = icmp.lt_u v1, v1",
        "v3 = icmp.eq v1, v2",
        "v3 = iconst.ref 8",
        "v3 = load.i32 mem.32 [v1]",
        "v3 = load_field.i32 heap.32 [v0 + v2]",
        "v3 = load_field.i32 heap.32 [v1 + v1]",
        "v3 = look_up.ref v1, v1",
        "trap_if v1 trap 1",
        "v3 = call_native v0(v1): (ref) -> (i64)",
        "v3 = call_native v0(): () -> (ref)",
        "v3 = load.ref mem.16 [v0]",
      })
  void isRejected(String line) {
    String text =
        "function f(i64, ref, i32) -> () {\nb0(v0: i64, v1: ref, v2: i32):\n  "
            + line
            + "\n  return\n}\n";
    CompilerBug bug =
        assertThrows(
            CompilerBug.class, () -> Verifier.verify(Parser.parse(text, TestRegions.ALL), "test"));
    assertTrue(bug.getMessage().contains("in b0"), bug.getMessage());
  }
}
