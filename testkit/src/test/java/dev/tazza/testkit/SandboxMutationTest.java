package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.Tunables;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.wasm.Feature;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Breaks finished machine code as a wrong compiler would, one way at a time: the sandbox verifier
 * has to reject each, and to accept what they were made of. The edits are of bytes, in functions so
 * small that a change of the compiler which moves them is seen at once: a pattern that is not found
 * is a failure.
 */
class SandboxMutationTest {
  private static final int LEAST = 40;

  private static final Map<String, String> PROGRAMS =
      Map.ofEntries(
          Map.entry(
              "load",
              """
              (module (memory 1) (func $f (export "f") (param i32) (result i32)
                (i32.load offset=8 (local.get 0))))
              """),
          Map.entry(
              "furthest",
              """
              (module (memory 1) (func $f (export "f") (param i32) (result i64)
                (i64.load8_u offset=0x7fffffff (local.get 0))))
              """),
          Map.entry(
              "wrap",
              """
              (module (memory 1) (func $f (export "f") (param i64) (result i32)
                (i32.load8_u (i32.wrap_i64 (local.get 0)))))
              """),
          Map.entry(
              "shift",
              """
              (module (memory 1) (func $f (export "f") (param i32)
                (i64.store (i32.shl (local.get 0) (i32.const 3)) (i64.const 1))))
              """),
          Map.entry(
              "checked",
              """
              (module (memory 1 3) (func $f (export "f") (param i32) (result i32)
                (i32.load (local.get 0))
                (drop (memory.grow (i32.const 1)))
                (i32.load (local.get 0))
                i32.add))
              """),
          Map.entry(
              "near64",
              """
              (module (memory i64 1) (func $f (export "f") (param i64) (result i32)
                (i32.load offset=8 (local.get 0))))
              """),
          Map.entry(
              "far64",
              """
              (module (memory i64 1) (func $f (export "f") (param i64) (result i32)
                (i32.load offset=0x100000000 (local.get 0))))
              """),
          Map.entry(
              "bytes64",
              """
              (module (memory i64 65536 (pagesize 1)) (func $f (export "f") (param i64) (result i32)
                (i32.load offset=8 (local.get 0))))
              """),
          Map.entry(
              "scaled64",
              """
              (module (memory i64 65536 (pagesize 1)) (func $f (export "f") (param i64) (result i32)
                (i32.load8_u offset=1 (i64.add
                  (i64.shl (i64.and (local.get 0) (i64.const 0xffffffff)) (i64.const 2))
                  (i64.const -8)))))
              """),
          Map.entry(
              "half64",
              """
              (module (memory i64 1 2) (func $f (export "f") (param i64) (result i32)
                (i32.load offset=8 (local.get 0))))
              """),
          Map.entry(
              "walk64",
              """
              (module (memory i64 1) (func $f (export "f") (param i64) (result i32) (local i32)
                (loop
                  (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))
                  (local.set 0 (i64.add (local.get 0) (i64.const 0x90)))
                  (br_if 0 (local.get 1)))
                (local.get 1)))
              """),
          Map.entry(
              "copy64",
              """
              (module (memory i64 1) (func $f (export "f") (param i64 i64 i64)
                (memory.copy (local.get 0) (local.get 1) (local.get 2))))
              """),
          Map.entry(
              "fill64",
              """
              (module (memory i64 1) (func $f (export "f") (param i64 i64)
                (memory.fill (local.get 0) (i32.const 1) (local.get 1))
                (memory.fill (i64.shl (local.get 0) (i64.const 3)) (i32.const 1) (local.get 1))))
              """),
          Map.entry(
              "table64",
              """
              (module (table i64 1 funcref) (func $f (export "f") (param i64) (result funcref)
                (table.get (local.get 0))))
              """),
          Map.entry(
              "copy",
              """
              (module (memory 1) (func $f (export "f") (param i32 i32 i32)
                (memory.copy (local.get 0) (local.get 1) (local.get 2))))
              """),
          Map.entry(
              "table",
              """
              (module
                (type $t (func (param i32) (result i32)))
                (type $u (func (param i64) (result i64)))
                (memory 1)
                (table 4 funcref)
                (table 8 16 externref)
                (global $c i32 (i32.const 5))
                (global $m (mut i32) (i32.const 5))
                (global $r (mut funcref) (ref.null func))
                (func $g (export "g") (type $u) (local.get 0))
                (elem (i32.const 0) $g)
                (func $f (export "f") (param i32) (result i32)
                  (call_indirect (type $t) (i32.const 7) (local.get 0))
                  (global.set $m (global.get $c))
                  (table.set 0 (local.get 0) (global.get $r))
                  (global.set $r (table.get 0 (local.get 0)))))
              """),
          Map.entry(
              "segments",
              """
              (module
                (type $t (func (param i32)))
                (table 4 funcref)
                (table 4 externref)
                (table 4 (ref null $t))
                (table 4 externref)
                (table 4 funcref)
                (elem funcref (ref.func $f))
                (elem externref (ref.null extern))
                (elem (ref null $t) (ref.func $f))
                (elem externref (ref.null extern))
                (elem funcref (ref.func $f))
                (func $f (export "f") (param i32)
                  (table.init 0 4 (local.get 0) (i32.const 0) (i32.const 0)))
                (func $g (export "g") (param i32)
                  (table.copy 0 4 (local.get 0) (i32.const 0) (i32.const 0)))
                (func (export "typed") (param i32)
                  (table.init 0 2 (local.get 0) (i32.const 0) (i32.const 0))
                  (table.copy 0 2 (local.get 0) (i32.const 0) (i32.const 0)))
                (func (export "others") (param i32)
                  (table.init 1 3 (local.get 0) (i32.const 0) (i32.const 0))
                  (table.copy 1 3 (local.get 0) (i32.const 0) (i32.const 0))))
              """),
          Map.entry(
              "call",
              """
              (module (memory 1)
                (func $g (param i32 i64 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
                  (i32.load (local.get 0)))
                (func $f (export "f") (param i32 i64) (result i32)
                  (call $g (local.get 0) (local.get 1) (local.get 0) (local.get 0) (local.get 0)
                    (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0))
                  (call $g (local.get 0) (local.get 1) (local.get 0) (local.get 0) (local.get 0)
                    (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0))
                  i32.add))
              """),
          Map.entry(
              "tail",
              """
              (module
                (type $t (func (param i32 i64 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
                (type $u (func (param i32) (result i32)))
                (import "a" "b" (func $i (type $u)))
                (table 4 4 funcref)
                (global $m (mut i32) (i32.const 5))
                (func $g (export "g") (type $t)
                  (return_call $f (local.get 9) (local.get 1)))
                (func $f (export "f") (param i32 i64) (result i32)
                  (return_call $g (local.get 0) (local.get 1) (local.get 0) (local.get 0) (local.get 0)
                    (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)))
                (func $ref (export "ref") (param i32) (result i32)
                  (drop (call $ref (local.get 0)))
                  (return_call_indirect (type $t) (i32.const 7)
                    (i64.const 1) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
                    (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)))
                (func $imp (export "imp") (type $u) (return_call $i (i32.const 7))))
              """),
          Map.entry(
              "switch",
              """
              (module (memory 1) (func $f (export "f") (param i32 i32) (result i32)
                (block (block (block (block (block (block
                  (br_table 0 1 2 3 4 5 (local.get 0)))
                  (return (i32.const 1))) (return (i32.const 2))) (return (i32.const 3)))
                  (return (i32.const 4))) (return (i32.const 5)))
                (i32.div_u (local.get 0) (local.get 1))))
              """));

  private static final List<CodeMutation> MUTATIONS =
      List.of(
          new CodeMutation("a length for a base", "load", "498b4e20", "498b4e28"),
          new CodeMutation("the store context for a base", "load", "498b4e20", "498b4e08"),
          new CodeMutation("the store's fields for the instance's", "load", "498b4e20", "498b4f20"),
          new CodeMutation("a displacement below the base", "load", "8b440108", "8b4401f8"),
          new CodeMutation(
              "eight bytes where the guard has room for one",
              "furthest",
              "0fb68401ffffff7f",
              "488b8401ffffff7f"),
          new CodeMutation("an index scaled by eight", "load", "8b440108", "8b44c108"),
          new CodeMutation("an index that nothing is known of", "load", "8b440108", "8b441108"),
          new CodeMutation("an index for the base", "load", "8b440108", "8b440008"),
          new CodeMutation("a load from the caller's frame", "load", "8b440108", "8b442440"),
          new CodeMutation("a system call", "load", "8b440108", "0f059090"),
          new CodeMutation("a segment prefix", "load", "8b440108", "648b0401"),
          new CodeMutation("a breakpoint", "load", "8b440108", "cc909090"),
          new CodeMutation("no end", "load", "c3", "90"),
          new CodeMutation("a store of the base to memory", "load", "8b440108", "48890c01"),
          new CodeMutation("no zero extension", "wrap", "8bc0", "9090"),
          new CodeMutation("a sign extension", "wrap", "8bc0", "4898"),
          new CodeMutation("a jump into an instruction", "wrap", "8bc0", "eb01"),
          new CodeMutation("a jump out of the function", "wrap", "8bc0", "7070"),
          new CodeMutation("a jump to before the function", "wrap", "8bc0", "7080"),
          new CodeMutation("a widened shift", "shift", "c1e003", "48d1e0"),
          new CodeMutation("no check of the first access", "checked", "733d", "9090"),
          new CodeMutation("a comparison with the base", "checked", "493b4628", "493b4620"),
          new CodeMutation("an inverted check", "checked", "733d", "723d"),
          new CodeMutation(
              "a check without the first access's length", "checked", "493b4628", "493bc090"),
          new CodeMutation("a check of another register", "checked", "493b4628", "493b4e28"),
          new CodeMutation(
              "a base from before the growth",
              "checked",
              "8b0c01",
              "909090",
              "498b4e20488b55f0",
              "488b4df0488b55f0"),
          new CodeMutation("no check of the stack", "checked", "7249", "9090"),
          new CodeMutation("another distance back", "checked", "4883c410", "4883c408"),
          new CodeMutation("a slot below the stack pointer", "checked", "488945f8", "488945e0"),
          new CodeMutation("a slot over the frame pointer", "checked", "488945f8", "48894500"),
          new CodeMutation("a slot over the return address", "checked", "488945f8", "48894508"),
          new CodeMutation("a slot of the caller", "checked", "488945f8", "48894540"),
          new CodeMutation("the frame pointer left on the stack", "checked", "5dc3", "58c3"),
          new CodeMutation("a call past a function's start", "checked", "e82b000000", "e82c000000"),
          new CodeMutation(
              "a call of the function's own middle", "checked", "e82b000000", "e8fbffffff"),
          new CodeMutation("no check of a 64-bit index", "near64", "7309", "7009"),
          new CodeMutation("an inverted check of a 64-bit index", "near64", "7309", "7209"),
          new CodeMutation("a signed check of a 64-bit index", "near64", "7309", "7d09"),
          new CodeMutation("a check of half a 64-bit index", "near64", "493b4628", "413b4628"),
          new CodeMutation("a half scaled by eight", "half64", "8b440808", "8b44c808"),
          new CodeMutation("the whole for the half", "half64", "8b440808", "8b440008"),
          new CodeMutation("no check of a far offset", "far64", "7727", "9090"),
          new CodeMutation("an inverted check of a far offset", "far64", "7727", "7627"),
          new CodeMutation(
              "a smaller far offset checked", "far64", "48ba0400000001", "48ba0400000000"),
          new CodeMutation("no check of a far index", "far64", "7317", "7017"),
          new CodeMutation(
              "less subtracted from the length", "far64", "48bafdfffffffe", "48bafdffffffff"),
          new CodeMutation("nothing subtracted from the length", "far64", "4803ca", "909090"),
          new CodeMutation("another far offset added", "far64", "48b90000000001", "48b90000000002"),
          new CodeMutation("no check of bytes", "bytes64", "7309", "7009"),
          new CodeMutation("an off-by-one length of bytes", "bytes64", "4883c1f5", "4883c1f6"),
          new CodeMutation("an off-by-one check of bytes", "bytes64", "7309", "7709"),
          new CodeMutation("an off-by-one offset of bytes", "bytes64", "8b440108", "8b440109"),
          new CodeMutation("a wider access of bytes", "bytes64", "8b440108c3", "488b440108"),
          new CodeMutation("a length added to itself", "bytes64", "4883c1f5", "4803c990"),
          new CodeMutation("a multiple that may be before", "scaled64", "4481f9", "4481f7"),
          new CodeMutation("a multiple that may be behind", "scaled64", "4481f9", "4481fa"),
          new CodeMutation("a multiple checked less before", "scaled64", "83c1f8", "83c1fc"),
          new CodeMutation("a multiple checked less behind", "scaled64", "83c1f8", "83c1f7"),
          new CodeMutation("more than the multiple checked", "scaled64", "4481f9", "44c1f9"),
          new CodeMutation("another multiple checked", "scaled64", "c1e102", "c1e101"),
          new CodeMutation("a multiple checked as signed", "scaled64", "730a", "7d0a"),
          new CodeMutation("no check of a multiple", "scaled64", "730a", "700a"),
          new CodeMutation("no check before a pointer walks", "walk64", "7318", "7018"),
          new CodeMutation("a step beyond the guard", "walk64", "4881c090000000", "4881c090000100"),
          new CodeMutation(
              "a pointer that walks down", "walk64", "4881c090000000", "4881e890000000"),
          new CodeMutation("an access that is not the pointer's", "walk64", "031401", "031409"),
          new CodeMutation("no check of a 64-bit count", "copy64", "772e", "9090"),
          new CodeMutation("no check of a 64-bit source", "copy64", "7724", "9090"),
          new CodeMutation("no check of a 64-bit destination", "copy64", "7716", "7016"),
          new CodeMutation("a count added to the length", "copy64", "482bf2", "4803f2"),
          new CodeMutation("another count subtracted", "copy64", "482bf2", "482bf1"),
          new CodeMutation("an inverted check of the source", "copy64", "7724", "7624"),
          new CodeMutation(
              "no check of the multiple of what was checked", "fill64", "7719", "7019"),
          new CodeMutation("no check of a table's 64-bit index", "table64", "7309", "7009"),
          new CodeMutation("an off-by-one check of a 64-bit index", "table64", "7309", "7709"),
          new CodeMutation("a check of half a table's index", "table64", "493b4628", "413b4628"),
          new CodeMutation("no check of the source", "copy", "7720", "9090"),
          new CodeMutation("no check of the destination", "copy", "7711", "7011"),
          new CodeMutation("a check of another sum", "copy", "488d3411", "488d3401"),
          new CodeMutation("a call of the exit stub", "copy", "41ff5740", "41ff5710"),
          new CodeMutation("a call of what is no code", "copy", "41ff5740", "41ff5708"),
          new CodeMutation("a destination without its base", "copy", "488d3c06", "488bf890"),
          new CodeMutation("others in a table of functions", "segments", "04000000", "03000000"),
          new CodeMutation("no segment", "segments", "04000000", "05000000"),
          new CodeMutation("others are copied", "segments/g", "04000000", "03000000"),
          new CodeMutation("no table is copied", "segments/g", "04000000", "ffffffff"),
          new CodeMutation("no check of the table's index", "table", "7357", "9090"),
          new CodeMutation("an off-by-one check of the index", "table", "7357", "7757"),
          new CodeMutation("the length of another table", "table", "413b4668", "413b4678"),
          new CodeMutation("the base of another table", "table", "498b5660", "498b5670"),
          new CodeMutation("another scale of elements", "table", "488b14c2", "488b1482"),
          new CodeMutation("no check of the type", "table", "7545", "9090"),
          new CodeMutation("an inverted check of the type", "table", "7545", "7445"),
          new CodeMutation("no check of the context", "table", "753e", "9090"),
          new CodeMutation("a jump instead of a call", "table", "ff1241", "ff2241"),
          new CodeMutation("a call of the reference itself", "table", "ff1241", "ffd241"),
          new CodeMutation("a constant global is set", "table", "41894e40", "41894e30"),
          new CodeMutation("a table's base is set", "table", "41894e40", "49894e60"),
          new CodeMutation("a global is set too widely", "table", "41894e40", "49894e40"),
          new CodeMutation("a number for a reference in a table", "table", "498b4e50", "488bc890"),
          new CodeMutation("half an element is set", "table", "48890cd6", "40890cd6"),
          new CodeMutation("a number for a reference in a global", "table", "488b0cd1", "488bca90"),
          new CodeMutation("r14 not given back", "table", "4c8b75f0", "90909090"),
          new CodeMutation("r14 overwritten", "table", "b907000000", "4c8bf09090"),
          new CodeMutation("r15 overwritten", "table", "b907000000", "4c8bf89090"),
          new CodeMutation("rbp overwritten", "table", "b907000000", "488be89090"),
          new CodeMutation("rsp overwritten", "table", "b907000000", "488be09090"),
          new CodeMutation("an argument with an upper half", "call", "488bd0", "488bd1"),
          new CodeMutation("a register not saved", "call", "53", "90"),
          new CodeMutation("a slot over a saved register", "call", "48894df0", "48894df8"),
          new CodeMutation("arguments popped twice", "call", "4883ec10", "4883ec20"),
          new CodeMutation("a stack pointer that is not aligned", "call", "4883ec18", "4883ec10"),
          new CodeMutation("arguments not popped", "call/g", "c21000", "c20000"),
          new CodeMutation("too many arguments popped", "call/g", "c21000", "c22000"),
          new CodeMutation(
              "a return address not moved up", "tail/g", "8f4424084883c408", "9090909090909090"),
          new CodeMutation("a return address moved too far", "tail/g", "4883c408", "4883c410"),
          new CodeMutation("a jump past a function's start", "tail/g", "e90f000000", "e910000000"),
          new CodeMutation("more of the stack without a check", "tail", "7220", "7020"),
          new CodeMutation("a return address not moved down", "tail", "ff742408", "50909090"),
          new CodeMutation("another return address", "tail", "ff742408", "ff742410"),
          new CodeMutation(
              "an argument of a tail call with an upper half", "tail", "488bd0", "488bd1"),
          new CodeMutation(
              "an argument of a tail call in the caller's frame", "tail", "48894518", "48894520"),
          new CodeMutation("a frame left behind", "tail", "5de9", "58e9"),
          new CodeMutation("no check of a tail call's type", "tail/ref", "7529", "9090"),
          new CodeMutation("no check of a tail call's context", "tail/ref", "750e", "9090"),
          new CodeMutation(
              "an inverted check of a tail call's context", "tail/ref", "750e", "740e"),
          new CodeMutation(
              "the callee's context for the caller", "tail/ref", "4d3b7310", "4d8b7310"),
          new CodeMutation("a jump through another register", "tail/ref", "41ff23", "41ff22"),
          new CodeMutation(
              "fewer arguments than there are", "tail/ref", "6801000000", "6800000000"),
          new CodeMutation("results that there are not", "tail/ref", "6801000000", "6801000100"),
          new CodeMutation("no sizes", "tail/ref", "6801000000", "9090909090"),
          new CodeMutation(
              "a jump to the exit stub", "tail/ref", "41ffa7c0010000", "41ffa710000000"),
          new CodeMutation("the import's trampoline's context", "tail/imp", "4c8d5910", "4c8d5900"),
          new CodeMutation("an import with the own context", "tail/imp", "7503", "9090"),
          new CodeMutation("sizes of another import", "tail/imp", "6800000000", "6801000000"),
          new CodeMutation("no check of the switch", "switch", "7311", "9090"),
          new CodeMutation("a larger bound of the switch", "switch", "83f805", "83f87f"),
          new CodeMutation("another jump table", "switch", "488d1530000000", "488d1520000000"),
          new CodeMutation("another scale of the jump table", "switch", "48633482", "48633442"),
          new CodeMutation("a jump to anywhere", "switch", "ffe6", "ffe0"));

  private static CompiledModule compile(String program) {
    Config config =
        new Config()
            .optLevel(program.equals("walk64") ? OptLevel.SPEED : OptLevel.NONE)
            .wasmFeature(Feature.CUSTOM_PAGE_SIZES, true)
            .memory64GuardSize(0)
            .heapAccessSpectreMitigation(false)
            .tableAccessSpectreMitigation(false);
    if (program.equals("checked")) {
      config.staticMemoryMaximumSize(0);
    }
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAMS.get(program))) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CodeMutation.requireRejected(MUTATIONS, SandboxMutationTest::compile);
    assertTrue(MUTATIONS.size() >= LEAST);
  }

  @Test
  void trapsHaveToBeWhereTheyAreReliedOn() {
    CompiledModule load = compile("load");
    rejects(load, tables -> traps(tables, new int[0], new int[0]));
    rejects(load, tables -> traps(tables, tables.trapOffsets(), new int[] {1}));
    int[] moved = {tables(load).trapOffsets()[0] + 1};
    rejects(load, tables -> traps(tables, moved, tables.trapCodes()));
    CompiledModule division = compile("switch");
    rejects(division, tables -> traps(tables, new int[0], new int[0]));
  }

  private static CodeTables tables(CompiledModule module) {
    return module.tables();
  }

  static CodeTables traps(CodeTables tables, int[] offsets, int[] codes) {
    return new CodeTables(
        tables.symbols(),
        offsets,
        codes,
        tables.locOffsets(),
        tables.locs(),
        tables.inlined(),
        tables.sites());
  }

  /** Requires that the verifier rejects a module with other tables. */
  static void rejects(CompiledModule module, UnaryOperator<CodeTables> change) {
    CompiledModule other = withTables(module, change);
    assertThrows(SandboxException.class, () -> SandboxVerifier.of(other).verifyAll());
  }

  /** The same module with other tables. */
  static CompiledModule withTables(CompiledModule module, UnaryOperator<CodeTables> change) {
    CodeTables changed = change.apply(module.tables());
    int imported = module.module().importedFunctionCount();
    int[] functions = new int[module.module().definedFunctionCount()];
    Arrays.setAll(functions, i -> module.functionOffset(imported + i));
    int[] entries = new int[module.module().typeCount()];
    Arrays.setAll(entries, module::entryTrampoline);
    int[] exits = new int[module.module().typeCount()];
    Arrays.setAll(exits, module::exitTrampoline);
    return new CompiledModule(
        module.module(),
        module.tunables(),
        module.text(),
        functions,
        entries,
        exits,
        null,
        changed);
  }

  @Test
  void onlyCodeWithFuelMayChangeItsRegister() {
    String text = "(module (func (export \"f\") (param i32) (loop (br_if 0 (local.get 0)))))";
    try (Engine engine = new Engine(new Config().consumeFuel(true));
        Module module = Module.compile(engine, text)) {
      CompiledModule compiled = module.compiled();
      SandboxVerifier.of(compiled).verifyAll();
      CompiledModule other =
          new CompiledModule(
              compiled.module(),
              Tunables.DEFAULT,
              compiled.text(),
              new int[] {compiled.functionOffset(0)},
              new int[] {compiled.entryTrampoline(0)},
              new int[] {compiled.exitTrampoline(0)},
              null,
              compiled.tables());
      SandboxException rejected =
          assertThrows(SandboxException.class, () -> SandboxVerifier.of(other).verifyAll());
      assertTrue(rejected.problem().contains("register 12"), rejected.problem());
    }
  }
}
