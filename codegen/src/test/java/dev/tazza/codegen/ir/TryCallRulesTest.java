package dev.tazza.codegen.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.CompilerBug;
import org.junit.jupiter.api.Test;

/** What the verifier asks of calls that end their block. */
class TryCallRulesTest {
  private static final String GOOD =
      """
      function f(i64, i32) -> (i32) {
      b0(v0: i64, v1: i32):
        branch v1, b1, b2
      b1:
        v2, _, v3 = try_call 7(v0): (i64) -> (i32, i64, i32), b3, 5: b2, *: b4(v1)
      b2:
        return v1
      b3:
        v4 = add.i32 v2, v3
        return v4
      b4(v5: i32) cold:
        return v5
      }
      """;

  private static void verify(String text) {
    Verifier.verify(Parser.parse(text, TestRegions.ALL), "test");
  }

  private static void isRejected(String text, String message) {
    CompilerBug bug = assertThrows(CompilerBug.class, () -> verify(text));
    assertTrue(bug.getMessage().contains(message), bug.getMessage());
  }

  @Test
  void goodOnesAreAcceptedAndPrintedAsRead() {
    verify(GOOD);
    assertEquals(GOOD, Printer.print(Parser.parse(GOOD, TestRegions.ALL)));
  }

  @Test
  void resultsStandWhereOneWayLeads() {
    isRejected(GOOD.replace("branch v1, b1, b2", "branch v1, b1, b3"), "several ways");
  }

  @Test
  void resultsAreNotForPads() {
    isRejected(GOOD.replace("b4(v1)", "b4(v2)"), "dominate");
  }

  @Test
  void theTargetOfResultsHasNoParameters() {
    isRejected(
        GOOD.replace("b3, 5", "b3(v1), 5").replace("b3:", "b3(v6: i32):"), "does not follow");
  }

  @Test
  void thereIsAHandler() {
    isRejected(GOOD.replace(", 5: b2, *: b4(v1)", ""), "one for each tag");
  }

  @Test
  void nothingStandsBehindIt() {
    isRejected(GOOD.replace("b4(v1)\n", "b4(v1)\n  return v1\n"), "after a terminator");
  }
}
