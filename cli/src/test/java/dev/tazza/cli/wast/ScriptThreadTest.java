package dev.tazza.cli.wast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Scripts with the commands {@code thread} and {@code wait}. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScriptThreadTest {
  private static final String MEMORY =
      """
      (module $m
        (memory (export "memory") 1 1 shared)
        (func (export "f") (result i32) (i32.load (i32.const 0))))
      """;

  private static final String USER =
      """
      (module
        (memory (import "m" "memory") 1 1 shared)
        (func (export "wait") (result i32)
          (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (func (export "wake") (loop $again
          (br_if $again (i32.eqz (memory.atomic.notify (i32.const 0) (i32.const 1))))))
        (func (export "set") (param i32) (i32.atomic.store (i32.const 0) (local.get 0))))
      """;

  private static WastReport run(String script) {
    try (Engine engine = new Engine(new Config().wasmThreads(true));
        WastRunner runner = new WastRunner(engine)) {
      return runner.run(script.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void passes(String script) {
    WastReport report = run(script);
    assertTrue(report.ok(), () -> report.failures().toString());
  }

  @Test
  void threadsRunAtOnceAndShareMemories() {
    passes(
        MEMORY
            + "(thread $a (shared (module $m)) (register \"m\" $m) "
            + USER
            + "(assert_return (invoke \"wait\") (i32.const 0)))"
            + "(thread $b (shared (module $m)) (register \"m\" $m) "
            + USER
            + "(invoke \"wake\") (invoke \"set\" (i32.const 7)))"
            + "(wait $a) (wait $b) (wait $b)"
            + "(assert_return (invoke $m \"f\") (i32.const 7))");
  }

  @Test
  void threadsHaveThreads() {
    passes(
        MEMORY
            + "(thread (shared (module $m))"
            + "  (thread (shared (module $m)) (register \"m\" $m) "
            + USER
            + "    (invoke \"set\" (i32.const 9)))"
            + "  (wait))"
            + "(wait) (assert_return (invoke $m \"f\") (i32.const 9))");
  }

  @Test
  void nothingElseIsShared() {
    passes(
        MEMORY
            + "(register \"m\" $m)"
            + "(thread (shared (module $m)) (assert_unlinkable "
            + USER
            + " \"unknown import\"))"
            + "(thread (shared (module $m)) (register \"m\" $m) (assert_unlinkable"
            + "   (module (import \"m\" \"f\" (func (result i32)))) \"unknown import\"))");
  }

  @Test
  void whatFailsInAThreadIsReported() {
    WastReport report =
        run(
            MEMORY
                + """
                (thread $a (shared (module $m))
                  (invoke $m "f"))
                (thread $b
                  (module (func (export "g") (result i32) (i32.const 1)))
                  (assert_return (invoke "g") (i32.const 2))
                  (assert_return (invoke "g") (i32.const 1)))
                (wait $a)
                (wait $none)
                (thread (shared (module $none)))
                """);
    assertEquals(
        "[5, 8, 11, 12]",
        report.failures().stream().map(WastReport.Failure::line).sorted().toList().toString());
    assertEquals(6, report.passed());
  }
}
