package dev.tazza.testkit;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.sandbox.SandboxVerifier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Breaks what keeps 64-bit indexes inside of a memory where their checks have left a loop, or stand
 * elsewhere: the sandbox verifier has to reject each.
 */
class SandboxLoopMutationTest {
  private static final String LOOP =
      """
      (module (memory i64 1 %s) (func $f (export "f") (param i64 i64 i64) (result i32) (local i32)
        (loop
          (i32.store8 (i64.and (local.get 1) (i64.const 255)) (local.get 3))
          (local.set 3 (i32.add (local.get 3) (i32.load (local.get 0))))
          (br_if 0 (i32.rem_u (local.get 3) (i32.const 77))))
        (local.get 3)))
      """;

  private static final Map<String, String> PROGRAMS =
      Map.of(
          "clamp",
          LOOP.formatted("70000 shared"),
          "min",
          LOOP.formatted(""),
          "rows",
          """
          (module (memory i64 1) (func $f (export "f") (param i64)
            (local $row i64) (local $column i64) (local $p i64) (local $q i64)
            (local.set $p (i64.const 1024))
            (loop $rows
              (local.set $q (local.get $p))
              (local.set $column (i64.const 0))
              (loop $columns
                (i64.store (local.get $q) (local.get 0))
                (local.set $q (i64.add (local.get $q) (i64.const 8)))
                (br_if $columns (i64.ne (i64.const 99)
                  (local.tee $column (i64.add (local.get $column) (i64.const 3))))))
              (local.set $p (i64.add (local.get $p) (i64.const 512)))
              (br_if $rows (i64.ne (i64.const 99)
                (local.tee $row (i64.add (local.get $row) (i64.const 1))))))))
          """);

  /** The clamp, which has left the loop, with the store in the loop and the check there. */
  private static final String CLAMP = "33ff483bc6480f42f84533c04488040a483bc6731f";

  /** A mutation of the clamp, without the check, which would be reason enough. */
  private static CodeMutation clamp(String name, String from, String to) {
    String unchecked = CLAMP.replace("731f", "701f");
    return new CodeMutation(name, "clamp", CLAMP, unchecked.replace(from, to));
  }

  /** The index where it is below the length, otherwise that: again out of the loop. */
  private static final String MIN = "483bc2480f43c233d2";

  private static CodeMutation min(String name, String from, String to) {
    return new CodeMutation(name, "min", MIN, MIN.replace(from, to));
  }

  private static final List<CodeMutation> MUTATIONS =
      List.of(
          clamp("not zero where it is outside", "33ff", "8bfa"),
          clamp("zero where it is inside", "0f42f8", "0f43f8"),
          clamp("a signed clamp", "0f42f8", "0f4cf8"),
          clamp("something else clamped", "0f42f8", "0f42fa"),
          clamp("compared with another length", "483bc6480f", "483bc2480f"),
          clamp("half of it compared", "483bc6480f", "403bc6480f"),
          min("the greater of index and length", "0f43", "0f42"),
          min("the lesser of signed numbers", "0f43", "0f4d"),
          min("the length where another index is above", "3bc2", "3bca"),
          min("something else than the length", "43c2", "43c6"),
          min("the length where half of it is above", "483b", "403b"),
          min("the index as it is", "480f43c2", "90909090"),
          new CodeMutation("longer rows", "rows", "488dba00020000", "488dba00000002"),
          new CodeMutation("rows that are not counted", "rows", "4883c601", "4883c600"),
          new CodeMutation("a row from anywhere", "rows", "488bfa", "488bf8"));

  private static CompiledModule compile(String program) {
    Config config = new Config().optLevel(OptLevel.SPEED).wasmThreads(true).memory64GuardSize(0);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAMS.get(program))) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CodeMutation.requireRejected(MUTATIONS, SandboxLoopMutationTest::compile);
  }

  /** The clamp suffices: what is not inside has become 0. */
  @Test
  void clampedIndexNeedsNoCheck() {
    CompiledModule module = compile("clamp");
    byte[] text = new CodeMutation("", "clamp", CLAMP, CLAMP.replace("731f", "701f")).text(module);
    SandboxVerifier.of(module.withText(CodeText.of(text))).verifyAll();
  }
}
