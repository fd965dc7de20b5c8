package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.module.NameSection;
import dev.tazza.wasm.module.WasmModule;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Abbreviations mean what they abbreviate. */
class WatParserTest {
  private static void assertSame(String shorter, String longer) {
    assertArrayEquals(Wat.parse(longer), Wat.parse(shorter), shorter);
  }

  /** The same but for the names of labels, which come last. */
  private static void assertSameCode(String shorter, String longer) {
    byte[] code = Wat.parse(longer);
    assertArrayEquals(code, Arrays.copyOf(Wat.parse(shorter), code.length), shorter);
  }

  private static WasmModule read(String text) {
    return ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), Features.DEFAULT);
  }

  @Test
  void theEmptyModule() {
    byte[] empty = {0, 'a', 's', 'm', 1, 0, 0, 0};
    assertArrayEquals(empty, Wat.parse(""));
    assertArrayEquals(empty, Wat.parse("(module)"));
    assertArrayEquals(empty, Wat.parse("(module binary \"\\00asm\" \"\\01\\00\\00\\00\")"));
    assertEquals(true, Wat.isBinary(empty));
    assertEquals(false, Wat.isBinary(new byte[] {0, 'a', 's'}));
    assertEquals(empty, Wat.toBinary(empty));
  }

  @Test
  void foldedAndFlat() {
    assertSame(
        "(func (param i32) (result i32) (i32.add (local.get 0) (i32.mul (i32.const 2) (i32.const"
            + " 3))))",
        "(func (param i32) (result i32) local.get 0 i32.const 2 i32.const 3 i32.mul i32.add)");
    assertSame(
        "(func (block (loop (br_if 1 (i32.const 1)) (br 0))))",
        "(func block loop i32.const 1 br_if 1 br 0 end end)");
    assertSame(
        "(func (if (i32.const 1) (then (nop)) (else (unreachable))))",
        "(func i32.const 1 if nop else unreachable end)");
    assertSame(
        "(func (result i32) (if (result i32) (i32.eqz (i32.const 1)) (then (i32.const 2)) (else"
            + " i32.const 3)))",
        "(func (result i32) i32.const 1 i32.eqz if (result i32) i32.const 2 else i32.const 3 end)");
    assertSame("(func (if (i32.const 1) (then)))", "(func i32.const 1 if end)");
    assertSame("(func (nop) nop (block nop (nop)))", "(func nop nop block nop nop end)");
    assertSame(
        "(func (drop (block (result i32) (i32.const 1))))",
        "(func block (result i32) i32.const 1 end drop)");
  }

  @Test
  void labels() {
    assertSameCode(
        "(func (block $a (block $b (br $a) (br $b) (br_table $a $b $a (i32.const 0)))))",
        "(func block block br 1 br 0 i32.const 0 br_table 1 0 1 end end)");
    assertSameCode(
        "(func block $a block $a br $a end $a br $a end)", "(func block block br 0 end br 0 end)");
    assertSameCode(
        "(func (block $x (if $x (i32.const 0) (then (br $x)) (else (br $x))) (br $x)))",
        "(func block i32.const 0 if br 0 else br 0 end br 0 end)");
    assertSameCode(
        "(func (block $x (if $y (block $z (result i32) (br $x) (i32.const 0)) (then))))",
        "(func block block (result i32) br 1 i32.const 0 end if end end)");
  }

  @Test
  void inlineImportsAndExports() {
    assertSame(
        "(func (export \"a\") (export \"b\") (import \"m\" \"f\") (param i32))",
        "(type (func (param i32))) (import \"m\" \"f\" (func (type 0)))"
            + "(export \"a\" (func 0)) (export \"b\" (func 0))");
    assertSame(
        "(table (export \"t\") (import \"m\" \"t\") 1 2 funcref)",
        "(import \"m\" \"t\" (table 1 2 funcref)) (export \"t\" (table 0))");
    assertSame(
        "(memory (export \"m\") 1) (global (export \"g\") i32 (i32.const 0))",
        "(memory 1) (global i32 i32.const 0) (export \"m\" (memory 0)) (export \"g\" (global 0))");
    assertSame(
        "(global (import \"m\" \"g\") (mut i64))", "(import \"m\" \"g\" (global (mut i64)))");
  }

  @Test
  void inlineSegments() {
    assertSame(
        "(func) (table funcref (elem 0 0))", "(func) (table 2 2 funcref) (elem (i32.const 0) 0 0)");
    assertSame(
        "(func) (table funcref (elem (ref.func 0) (ref.null func)))",
        "(func) (table 2 2 funcref) (elem (i32.const 0) funcref (ref.func 0) (item ref.null"
            + " func))");
    assertSame(
        "(table 1 funcref) (table externref (elem (ref.null extern)))",
        "(table 1 funcref) (table 1 1 externref)"
            + "(elem (table 1) (i32.const 0) externref (ref.null extern))");
    assertSame("(memory (data \"ab\" \"c\"))", "(memory 1 1) (data (i32.const 0) \"abc\")");
    assertSame("(memory (data))", "(memory 0 0) (data (i32.const 0) \"\")");
    assertSame(
        "(memory 1) (data (i32.const 1) \"x\")",
        "(memory 1) (data (memory 0) (offset i32.const 1) \"x\")");
    // An inline segment takes an index like any other.
    assertSame(
        "(memory (data \"ab\")) (data $d \"c\") (func (data.drop $d) (data.drop 1))"
            .replace("$d", "1")
            .replace("(data 1 \"c\")", "(data \"c\")"),
        "(memory 1 1) (data (i32.const 0) \"ab\") (data \"c\") (func data.drop 1 data.drop 1)");
  }

  @Test
  void implicitTypesComeLastInOrderOfUse() {
    assertSame(
        "(func (result f64) (f64.const 0)) (func (param i32)) (type (func (param i32)))"
            + "(func (block (param i64) (drop)) (call_indirect (param f32) (result f32)))",
        "(type (func (param i32))) (type (func (result f64))) (type (func))"
            + "(type (func (param i64))) (type (func (param f32) (result f32)))"
            + "(func (type 1) (f64.const 0)) (func (type 0))"
            + "(func (type 2) (block (type 3) (drop)) (call_indirect (type 4)))");
    assertSame(
        "(func block (result i32) unreachable end unreachable)",
        "(func (block (param) (result i32) (result) unreachable) unreachable)");
  }

  @Test
  void defaultsOfImmediates() {
    assertSame(
        "(memory 1) (func (drop (i32.load (i32.const 0))) (drop (memory.size)))",
        "(memory 1) (func (drop (i32.load 0 offset=0 align=4 (i32.const 0))) (drop (memory.size"
            + " 0)))");
    assertSame(
        "(memory 1) (func (v128.load8_lane 3) (v128.load8_lane offset=1 3) (memory.copy))",
        "(memory 1) (func (v128.load8_lane 0 3) (v128.load8_lane 0 offset=1 align=1 3)"
            + "(memory.copy 0 0))");
    assertSame(
        "(table 1 funcref) (elem) (func (table.init 0) (table.copy) (table.get) (table.size))"
            .replace("(elem)", "(elem func)"),
        "(table 1 funcref) (elem func) (func (table.init 0 0) (table.copy 0 0) (table.get 0)"
            + "(table.size 0))");
  }

  @Test
  void localsInGroups() {
    byte[] binary = Wat.parse("(func (local i32 i32) (local i32) (local i64) (local))");
    byte[] code = {0x0A, 8, 1, 6, 2, 3, 0x7F, 1, 0x7E, 0x0B};
    byte[] end = Arrays.copyOfRange(binary, binary.length - code.length, binary.length);
    assertArrayEquals(code, end);
  }

  @Test
  void identifiersBecomeNames() {
    WasmModule module =
        read(
            "(module $m (type $t (func)) (func $i (import \"a\" \"b\") (param $q i32))"
                + "(func $f (param $x i32) (local i32) (local $\"y z\" i64))"
                + "(table $tab 1 funcref) (memory $mem 1) (global $g i32 (i32.const 0))"
                + "(elem $e func) (data $d \"\"))");
    NameSection names = module.names();
    assertEquals("m", names.module());
    assertEquals("i", names.functions().get(0));
    assertEquals("f", names.functions().get(1));
    assertEquals("q", names.locals().get(0).get(0));
    assertEquals("x", names.locals().get(1).get(0));
    assertEquals("y z", names.locals().get(1).get(2));
    assertEquals("t", names.types().get(0));
    assertEquals("tab", names.tables().get(0));
    assertEquals("mem", names.memories().get(0));
    assertEquals("g", names.globals().get(0));
    assertEquals("e", names.elements().get(0));
    assertEquals("d", names.data().get(0));
  }

  @Test
  void offsetsLeadBackToTheText() {
    TextModule module = Wat.assemble("(module\n (func\n  nop\n  (drop (i32.const 5))))");
    byte[] bytes = module.bytes();
    int code = bytes.length - 5;
    assertEquals("3:3", String.valueOf(module.positions().position(code)));
    assertEquals("4:10", String.valueOf(module.positions().position(code + 1)));
    assertEquals("4:4", String.valueOf(module.positions().position(code + 3)));
    assertEquals(null, module.positions().position(0));
  }
}
