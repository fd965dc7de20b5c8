package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.sandbox.SandboxVerifier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What compilers often make, and only the thorough proof knew once: the quick proof has to suffice
 * for it, and neither must accept what is almost the same.
 */
class SandboxQuickRulesTest {
  /** More values than there are registers, so that some of them get into their slots at once. */
  private static final int MANY = 24;

  /**
   * The text once for each of them, with its number for #, and a number that not all share for %.
   */
  private static String many(String each) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < MANY; i++) {
      text.append(each.replace("#", Integer.toString(i)).replace("%", Integer.toString(i % 5)));
    }
    return text.toString();
  }

  private static final Map<String, String> PROGRAMS =
      Map.of(
          // An i32 of -1 comes into a slot from a constant of eight bytes.
          "constant",
          "(module (import \"m\" \"g\" (func $g (param i32))) (func $f (export \"f\") (param $n"
              + " i32)"
              + many(" (local $v# i32)")
              + many(" (local.set $v# (i32.const -1))")
              + " (loop $again"
              + many(" (call $g (local.get $v#))")
              + many(" (local.set $v# (i32.add (local.get $v#) (i32.const %)))")
              + " (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))",
          // The start of a range is spilled before it becomes an address, outside of the loop.
          "range",
          """
          (module (import "m" "g" (func $g)) (memory 1)
            (global $stack (mut i32) (i32.const 65536))
            (func $f (export "f") (param $n i32) (local $p i32)
              (local.set $p (i32.sub (global.get $stack) (i32.const 512)))
              (global.set $stack (local.get $p))
              (call $g)
              (loop $again
                (memory.fill (local.get $p) (i32.const 7) (local.get $n))
                (call $g)
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (global.set $stack (i32.add (local.get $p) (i32.const 512)))))
          """,
          // What is added to the table's start is found outside of the loop.
          "element",
          """
          (module (table 133 133 funcref) (type $t (func (result i32))) (memory 1)
            (func $f (export "f") (param $i i32) (param $n i32)
              (loop $again
                (i32.store (local.get $n) (call_indirect (type $t) (local.get $i)))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))))
          """,
          // The address of an element is kept.
          "address",
          """
          (module (table 133 133 funcref) (type $t (func (param i32) (result i32))) (memory 1)
            (func $f (export "f") (param $i i32) (param $n i32)
              (loop $again
                (if (call_indirect (type $t) (local.get $n) (local.get $i))
                  (then
                    (i32.store
                      (local.get $n)
                      (call_indirect (type $t) (local.get $n) (local.get $i)))))
                (loop $inner
                  (i32.store
                    (local.get $n)
                    (call_indirect (type $t) (local.get $n) (local.get $i)))
                  (br_if $inner (i32.load (local.get $n))))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))))
          """);

  private static final List<CodeMutation> MUTATIONS =
      List.of(
          new CodeMutation("start of something else", "range", "4a8d142b", "4b8d142c"),
          new CodeMutation("bound of one more", "element", "81f885000000", "81f886000000"),
          new CodeMutation(
              "not compared", "element", "0f8350000000", "0f8050000000", "0f42d8", "0f47d8"),
          new CodeMutation("other number", "element", "0f42d8", "0f42d9"),
          new CodeMutation("times four", "element", "48c1e303", "48c1e302"),
          new CodeMutation("times sixteen", "element", "48c1e303", "48c1e304"),
          new CodeMutation("not scaled", "element", "48c1e303", "0f1f4000"),
          new CodeMutation("scaled twice", "element", "488b0c18", "488b0cd8"),
          new CodeMutation("address: times four", "address", "48c1e203", "48c1e202"),
          new CodeMutation("address: scaled twice", "address", "4c8d2c10", "4c8d2cd0"),
          new CodeMutation("address: twice the start", "address", "4c8d2c10", "4c8d2c00"),
          new CodeMutation("twice the start", "element", "488b0c18", "488b0c00"));

  private static CompiledModule compile(String program) {
    try (Engine engine = new Engine(new Config());
        Module module = Module.compile(engine, PROGRAMS.get(program))) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void quickProofSuffices() {
    for (String program : PROGRAMS.keySet()) {
      SandboxVerifier verifier = SandboxVerifier.of(compile(program));
      for (int piece = 0; piece < verifier.count(); piece++) {
        boolean isQuick = verifier.verify(piece);
        assertTrue(isQuick || verifier.function(piece) < 0, program);
      }
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CodeMutation.requireRejected(MUTATIONS, SandboxQuickRulesTest::compile);
  }
}
