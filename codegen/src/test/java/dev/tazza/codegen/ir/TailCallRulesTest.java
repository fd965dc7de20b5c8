package dev.tazza.codegen.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.CompilerBug;
import org.junit.jupiter.api.Test;

/** What the verifier asks of tail calls. */
class TailCallRulesTest {
  private static final String GOOD =
      """
      function f(i64, i32, i64) -> (i32) {
      b0(v0: i64, v1: i32, v2: i64):
        branch v1, b1, b2
      b1:
        return_call 7(v0, v2): (i64, i64) -> (i32)
      b2:
        return_call_ref v2[0, 16](v0, v1): (i64, i32) -> (i32) trap 3
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
  void theResultsAreThoseOfTheFunction() {
    isRejected(GOOD.replace("(i64, i64) -> (i32)", "(i64, i64) -> (i64)"), "not the results");
    isRejected(
        GOOD.replace("(i64, i32) -> (i32) trap", "(i64, i32) -> () trap"), "not the results");
  }

  @Test
  void theContextIsTheFunctionsOwn() {
    isRejected(GOOD.replace("7(v0, v2)", "7(v2, v2)"), "own");
    isRejected(GOOD.replace("(v0, v1)", "(v2, v1)"), "own");
  }

  @Test
  void argumentsFitTheSignature() {
    isRejected(GOOD.replace("7(v0, v2)", "7(v0, v1)"), "wrong arguments");
    isRejected(GOOD.replace("v2[0, 16]", "v1[0, 16]"), "no address");
  }

  @Test
  void nothingStandsBehindIt() {
    isRejected(GOOD.replace("trap 3\n", "trap 3\n  return v1\n"), "after a terminator");
  }
}
