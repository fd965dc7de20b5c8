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
 * Breaks checks of what is copied and filled whose length has no name (a constant, or one of two),
 * or comes from the same number as the start. That the start is within the memory must not be taken
 * for the whole. The sandbox verifier has to reject each.
 */
class SandboxRangeTest {
  private static final Map<String, String> PROGRAMS =
      Map.of(
          "constant",
          """
          (module (memory 1) (func $f (export "f") (param i32 i32)
            (memory.copy (local.get 0) (local.get 1) (i32.const 230))))
          """,
          "one of two",
          """
          (module (memory 1) (func $f (export "f") (param i32 i32) (local i32)
            (if (local.get 1) (then (local.set 2 (i32.const 70000))))
            (memory.fill (local.get 0) (i32.const 7) (local.get 2))))
          """,
          // Length, start and end are each a multiple of one number, and a constant.
          "one number",
          """
          (module (memory i64 1 3) (func $f (export "f") (param i32) (local i64)
            (local.set 1 (i64.extend_i32_u (local.get 0)))
            (memory.copy (i64.add (local.get 1) (i64.const 2149)) (local.get 1)
              (i64.shl (i64.add (local.get 1) (i64.const 6)) (i64.const 5)))))
          """);

  private static final List<CodeMutation> MUTATIONS =
      List.of(
          new CodeMutation("one byte more", "constant", "bae6000000", "bae7000000"),
          new CodeMutation("much more", "constant", "bae6000000", "bae6000040"),
          new CodeMutation("one byte less compared", "constant", "488db8e6", "488db8e5"),
          new CodeMutation("no end compared", "constant", "488db8e6", "488db800"),
          new CodeMutation("compared with itself", "constant", "483bfe", "483bff"),
          new CodeMutation("as long as its start", "constant", "bae6000000", "488bd09090"),
          new CodeMutation("only the start compared", "one of two", "488d0c10", "488d0c20"),
          new CodeMutation("only the length compared", "one of two", "488d0c10", "488bca90"),
          new CodeMutation("the start twice", "one of two", "488d0c10", "488d0c00"),
          new CodeMutation("the length is not compared", "one number", "287736", "287036"),
          new CodeMutation("the farther end is not", "one number", "493bc877", "493bc870"),
          new CodeMutation("another rest", "one number", "4c2bc2493bc8", "4c2bc0493bc8"));

  private static CompiledModule compile(String program) {
    OptLevel level = program.equals("constant") ? OptLevel.SPEED : OptLevel.NONE;
    Config config = new Config().optLevel(level).heapAccessSpectreMitigation(false);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAMS.get(program))) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CodeMutation.requireRejected(MUTATIONS, SandboxRangeTest::compile);
  }
}
