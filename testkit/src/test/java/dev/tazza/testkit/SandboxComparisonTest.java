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
 * Comparisons from which more follows than bounds of what is compared: that a memory is at least as
 * long as the one index that is left, that a number which is its own lower half has no upper one,
 * and that a carry is 0 or 1. The sandbox verifier has to see it, and to reject code where it does
 * not follow.
 */
class SandboxComparisonTest {
  private static final Map<String, String> PROGRAMS =
      Map.of(
          // Of the numbers that the index may be, the check leaves one.
          "one index",
          """
          (module (memory i64 65536) (func $f (export "f") (param i32) (local i64)
            (if (local.get 0) (then (local.set 1 (i64.const 4294901746))))
            (i32.store (local.get 1) (i32.const 1))
            (i64.store8 offset=4294967276 (i64.sub (local.get 1) (i64.const 14)) (i64.const 5))))
          """,
          // Only 0 is left, for which nothing has to be clamped.
          "all of it",
          """
          (module (memory 1 2) (func $f (export "f") (param i32)
            (memory.fill (local.get 0) (i32.const 7) (i32.const 131072))))
          """,
          "carry",
          """
          (module (func $f (export "f") (param i64 i64) (result i32)
            (i64.lt_u (i64.add (local.get 0) (local.get 1)) (local.get 1))))
          """,
          "part",
          """
          (module (func $f (export "f") (param f64) (result i32)
            (block (block (block (block (block (block (block
              (br_table 0 1 2 3 4 5 6 (i32.trunc_sat_f64_u (local.get 0))))
              (return (i32.const 3))) (return (i32.const 4))) (return (i32.const 5)))
              (return (i32.const 6))) (return (i32.const 7))) (return (i32.const 8)))
              (i32.const 9)))
          """);

  private static final List<CodeMutation> MUTATIONS =
      List.of(
          new CodeMutation("one more byte", "one index", "48b914000000", "48b915000000"),
          new CodeMutation("one byte too many", "one index", "483bc17311", "483bc17711"),
          new CodeMutation("compared the other way", "one index", "483bc17311", "483bc17211"),
          new CodeMutation("the end is not compared", "one index", "483bc17311", "483bc17011"),
          new CodeMutation("another end", "all of it", "488d0c10", "488d0c00"),
          new CodeMutation("the start is compared", "all of it", "483bcf77", "483bc777"),
          new CodeMutation("the fill is short", "all of it", "483bcf77", "483bcf72"),
          new CodeMutation("compared with no length", "all of it", "498b7e28", "498b7e20"),
          new CodeMutation("the end is filled", "all of it", "4c0f46c0", "4c0f46c1"),
          new CodeMutation("a carry less one", "carry", "4883d200", "4883d2ff"),
          new CodeMutation("a borrow", "carry", "4883d200", "4883da00"),
          new CodeMutation("more than a carry", "carry", "33d2", "8bd1"),
          new CodeMutation("what does not fit", "part", "483bc175", "483bc174"),
          new CodeMutation("compared with what it is", "part", "483bc175", "483bc975"),
          new CodeMutation("half of it compared", "part", "483bc175", "403bc175"));

  private static CompiledModule compile(String program) {
    Config config =
        new Config()
            .optLevel(OptLevel.NONE)
            .signalsBasedTraps(!program.equals("all of it"))
            .heapAccessSpectreMitigation(program.equals("all of it"))
            .tableAccessSpectreMitigation(false)
            .staticMemoryGuardSize(0)
            .dynamicMemoryGuardSize(0);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAMS.get(program))) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CodeMutation.requireRejected(MUTATIONS, SandboxComparisonTest::compile);
  }
}
