package dev.tazza.testkit;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Breaks the check of an index that is one of two: a small constant, or a greater number that was
 * found to be within the memory. That says nothing of how long the memory is when the index is the
 * constant. The sandbox verifier has to reject each.
 */
class SandboxJoinTest {
  private static final Map<String, String> PROGRAMS =
      Map.of(
          "two ways",
          """
          (module (memory i64 0 65536)
            (func $f (export "f") (param i64 i32) (result i32) (local i64)
              (local.set 2 (local.get 0))
              (if (local.get 1)
                (then
                  (i64.store8 (local.get 2) (i64.const 1))
                  (if (i64.lt_u (local.get 2) (i64.const 100)) (then (return (i32.const 1)))))
                (else (local.set 2 (i64.const 50))))
              (i32.load8_u (local.get 2))))
          """,
          "select",
          """
          (module (memory i64 0 65536)
            (func $f (export "f") (param i64) (result i32)
              (i64.store8 (local.get 0) (i64.const 1))
              (local.set 0
                (select (i64.const 50) (local.get 0) (i64.lt_u (local.get 0) (i64.const 100))))
              (i32.load8_u (local.get 0))))
          """,
          "loop",
          """
          (module (memory i64 0 65536)
            (func $f (export "f") (param i64) (result i32) (local i64 i32)
              (local.set 1 (i64.const 50))
              (loop $next (result i32)
                (local.set 2 (i32.add (local.get 2) (i32.load8_u (local.get 1))))
                (local.set 1 (local.get 0))
                (i64.store8 (local.get 1) (i64.const 1))
                (br_if $next (i64.ge_u (local.get 1) (i64.const 100)))
                (local.get 2))))
          """);

  // The jump is on what the comparison does not tell: overflow.
  private static final List<CodeMutation> MUTATIONS =
      List.of(
          new CodeMutation("behind two ways", "two ways", "483bc17316", "483bc17016"),
          new CodeMutation("behind a choice", "select", "483bc1730f", "483bc1700f"),
          new CodeMutation("in a loop", "loop", "483bce7332", "483bce7032"));

  private static CompiledModule compile(String program) {
    Config config =
        new Config()
            .optLevel(OptLevel.NONE)
            .heapAccessSpectreMitigation(false)
            .staticMemoryMaximumSize(0)
            .staticMemoryGuardSize(0)
            .dynamicMemoryGuardSize(0);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAMS.get(program))) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CodeMutation.requireRejected(MUTATIONS, SandboxJoinTest::compile);
  }
}
