package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.TrapEntry;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.TrapCode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Calls through references whose type nothing looks at where they are called: the sandbox verifier
 * has to see that they have it, wherever they come from.
 */
class SandboxReferencesTest {
  private static final String PROGRAM =
      """
      (module
        (type $t (func (param i32) (result i32)))
        (type $u (func (param i64) (result i64)))
        (type $open (sub (func (param i32) (result i32))))
        (tag $e (param (ref null $t) (ref null $u)))
        (table 4 (ref null $t))
        (table 4 (ref null $u))
        (table 4 4 funcref)
        (global $a (mut (ref null $t)) (ref.null $t))
        (global $b (mut (ref null $u)) (ref.null $u))
        (elem declare func $f $g)
        (elem $ts (ref null $t) (ref.func $g))
        (elem $us (ref null $u) (ref.null $u))
        (func $f (export "f") (param i32 (ref null $u) (ref null $t)) (result i32)
          (call_ref $t (local.get 0) (local.get 2)))
        (func $g (export "g") (param i32) (result i32)
          (global.set $a (table.get 0 (local.get 0)))
          (table.set 0 (i32.const 3) (global.get $a))
          (i32.const 7))
        (func $own (export "own") (param i32) (result i32)
          (call_ref $t (local.get 0) (ref.func $g)))
        (func $leave (export "leave") (param i32 (ref null $u) (ref null $t)) (result i32)
          (return_call_ref $t (local.get 0) (local.get 2)))
        (func $pass (export "pass") (param (ref null $t) (ref null $u)) (result (ref null $t))
          (drop (call $pass (local.get 0) (local.get 1)))
          (local.get 0))
        (func $open (export "open") (param i32) (result i32)
          (call_indirect 2 (type $open) (i32.const 7) (local.get 0)))
        (func $grow (export "grow") (param (ref null $u) (ref null $t)) (result i32)
          (table.fill 0 (i32.const 1) (local.get 1) (i32.const 1))
          (table.grow 0 (local.get 1) (i32.const 1)))
        (func $copy (export "copy") (param i32)
          (table.init 0 $ts (local.get 0) (i32.const 0) (i32.const 0))
          (table.copy 2 0 (local.get 0) (i32.const 0) (i32.const 0)))
        (func $throw (export "throw") (param (ref null $t) (ref null $u))
          (throw $e (local.get 0) (local.get 1))))
      """;

  private static final List<CodeMutation> MUTATIONS =
      List.of(
          new CodeMutation(
              "another parameter is called", "ref", "4c3b7210", "4c3b7110", "ff12", "ff11"),
          new CodeMutation("another parameter's code", "ref", "750aff12", "750aff11"),
          new CodeMutation("no check of the context", "ref", "750a", "700a"),
          new CodeMutation("the own context for another one", "ref", "4c8b7210", "90909090"),
          new CodeMutation("the context of another reference", "ref", "4c8b7210", "4c8b7110"),
          new CodeMutation("a global of another type", "ref/g", "49894620", "49894630"),
          new CodeMutation(
              "an element of another table",
              "ref/g",
              "413b4648",
              "413b4658",
              "498b4e40",
              "498b4e50"),
          new CodeMutation("an element from another global", "ref/g", "498b4e20", "498b4e30"),
          new CodeMutation(
              "another own function",
              "ref/own",
              "498b8ec0000000",
              "498b8ea8000000",
              "ff91b0000000",
              "ff9198000000"),
          new CodeMutation("a tail call of another parameter", "ref/leave", "4c8bda", "4c8bd9"),
          new CodeMutation("no check of a tail call's context", "ref/leave", "7503", "9090"),
          new CodeMutation(
              "nothing compared before a tail call", "ref/leave", "4d3b7310", "90909090"),
          new CodeMutation("a result of another type", "ref/pass", "488945f8", "48894df8"),
          new CodeMutation("an argument of another type", "ref/pass", "488945f8", "488bc190"),
          new CodeMutation("no look at the answer about a subtype", "ref/open", "741a", "701a"),
          new CodeMutation("the answer about a subtype inverted", "ref/open", "741a", "751a"),
          new CodeMutation("a question about another type", "ref/open", "ba02000000", "ba00000000"),
          new CodeMutation("a question without types being compared", "ref/open", "7517", "9090"),
          new CodeMutation("another slot is called", "ref/open", "488b4df8", "488b4df0"),
          new CodeMutation("a table grows by another type", "ref/grow", "48894df8", "488945f8"),
          new CodeMutation("a table is filled with a number", "ref/grow", "488bd1", "488bd7"),
          new CodeMutation("a table gets another segment", "ref/copy", "ba01000000", "ba02000000"),
          new CodeMutation(
              "a table gets another's elements", "ref/copy", "b802000000", "b801000000"),
          new CodeMutation(
              "an exception carries another type", "ref/throw", "49898700020000", "49898f00020000"),
          new CodeMutation(
              "an entry swaps references",
              "ref/entry [funcref funcref] -> [funcref]",
              "488bc1488bca",
              "488bc2488bc9"),
          new CodeMutation(
              "an entry gives a number for a reference",
              "ref/entry [funcref funcref] -> [funcref]",
              "49898700020000",
              "49898f00020000"),
          new CodeMutation(
              "an entry gives a reference elsewhere",
              "ref/entry [funcref funcref] -> [funcref]",
              "49898700020000",
              "49898710020000"));

  private static CompiledModule compile(String name) {
    Config config =
        new Config()
            .optLevel(OptLevel.NONE)
            .wasmFeature(Feature.GC, true)
            .heapAccessSpectreMitigation(false)
            .tableAccessSpectreMitigation(false);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAM)) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void referencesOfOtherTypesAreRejected() {
    CodeMutation.requireRejected(MUTATIONS, SandboxReferencesTest::compile);
  }

  @Test
  void whatMayBeNullNeedsTraps() {
    CompiledModule module = compile("ref");
    SandboxMutationTest.rejects(module, SandboxReferencesTest::withoutNulls);
  }

  private static CodeTables withoutNulls(CodeTables tables) {
    int[] codes = tables.trapCodes();
    int[] kept =
        IntStream.range(0, codes.length)
            .filter(i -> TrapEntry.code(codes[i]) != TrapCode.NULL_FUNCTION_REFERENCE.code())
            .toArray();
    assertTrue(kept.length < codes.length);
    return SandboxMutationTest.traps(
        tables,
        IntStream.of(kept).map(i -> tables.trapOffsets()[i]).toArray(),
        IntStream.of(kept).map(i -> codes[i]).toArray());
  }
}
