package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.module.NameMap;
import dev.tazza.wasm.module.NameSection;
import dev.tazza.wasm.module.WasmModule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Annotations that tell names: to the section of names, and back. */
class NameAnnotationTest {
  private static final Features FEATURES = Features.DEFAULT.with(Feature.GC);

  private static WasmModule read(String text) {
    return ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), FEATURES);
  }

  private static List<String> list(NameMap names) {
    List<String> list = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      list.add(names.indexAt(i) + " " + names.nameAt(i));
    }
    return list;
  }

  /** Every kind of name, with an identifier and without. */
  @Test
  void everywhere() {
    WasmModule module =
        read(
            """
            (module $m (@name "module")
              (type $t (@name "type") (func (param $p (@name "dropped") i32)))
              (rec (type (@name "struct") (struct (field $x (@name "field") i32) (field i32 i32)
                (field (@name "other") i64))))
              (import "" "" (func $i (@name "import")))
              (table (@name "table") 1 funcref) (memory $n (@name "memory") (export "m") 1)
              (global (@name "global") (export "g") i32 (i32.const 0)) (tag (@name "tag"))
              (func (@name "f") (export "f") (param i32 i32) (param $a (@name "param") i32)
                (local (@name "local") i64) (local $a2 i64) (local i64)
                block (@name "flat") end
                (block $l (@name "folded") (br $l))
                (if (@name "if") (local.get $a) (then (loop (nop)))))
              (elem (@name "elem") func) (data $d (@name "data") "x"))
            """);
    NameSection names = module.names();
    assertEquals("module", names.module());
    assertEquals(List.of("0 type", "1 struct"), list(names.types()));
    assertEquals(List.of("0 field", "3 other"), list(names.fields().get(1)));
    assertEquals(List.of("0 import", "1 f"), list(names.functions()));
    assertEquals(List.of("0 table"), list(names.tables()));
    assertEquals(List.of("0 memory"), list(names.memories()));
    assertEquals(List.of("0 global"), list(names.globals()));
    assertEquals(List.of("0 tag"), list(names.tags()));
    assertEquals(List.of("2 param", "3 local", "4 a2"), list(names.locals().get(1)));
    assertEquals(List.of("0 flat", "1 folded", "2 if"), list(names.labels().get(1)));
    assertEquals(List.of("0 elem"), list(names.elements()));
    assertEquals(List.of("0 data"), list(names.data()));
    assertPrinted(module);
  }

  /** The printer's identifiers are unique and not empty, the names need not be. */
  @Test
  void namesThatAreNoIdentifiers() {
    WasmModule module =
        read(
            """
            (module (@name "")
              (type (@name "s") (struct (field (@name "f") i32) (field (@name "f") i32)))
              (func (@name "n")) (func (@name "n.2")) (func (@name "n")) (func (@name ""))
              (func (@name "n") (param (@name "") i32) (param (@name "p") i64)
                (local (@name "p") f32) (local f64)
                (block (@name "")) (block $l (block $l (br 1))) (drop (local.get 1))))
            """);
    assertEquals("", module.names().module());
    assertEquals(List.of("0 n", "1 n.2", "2 n", "3 ", "4 n"), list(module.names().functions()));
    assertPrinted(module);
    String printed = WatPrinter.print(module);
    assertTrue(printed.contains("(func (@name \"n\") (;2;)"), printed);
    assertTrue(printed.contains("(func $n.4 (@name \"n\") (;4;)"), printed);
    assertTrue(printed.contains("(param (@name \"\") i32) (param $p i64)"), printed);
    assertTrue(printed.contains("(local $p.2 (@name \"p\") f32) (local f64)"), printed);
  }

  /** A binary of this parser comes back byte for byte. */
  private static void assertPrinted(WasmModule module) {
    String printed = WatPrinter.print(module);
    assertArrayEquals(module.bytes(), Wat.parse(printed), printed);
  }

  /** Names of what the module does not have are lost, the rest is not. */
  @Test
  void namesOfNothing() {
    BinaryWriter functions = new BinaryWriter().u32(2).u32(0).name("a").u32(9).name("b");
    BinaryWriter names = new BinaryWriter().name("name").section(1, functions);
    byte[] binary =
        new BinaryWriter()
            .header()
            .section(SectionId.TYPE, new BinaryWriter().u32(1).u8(0x60).u8(0).u8(0))
            .section(SectionId.FUNCTION, new BinaryWriter().u32(1).u32(0))
            .section(SectionId.CODE, new BinaryWriter().u32(1).u32(2).u8(0).u8(0x0b))
            .section(SectionId.CUSTOM, names)
            .toByteArray();
    WasmModule module = ModuleReader.read(binary, FEATURES);
    WasmModule again = read(WatPrinter.print(module));
    assertEquals(List.of("0 a"), list(again.names().functions()));
  }

  @Test
  void errors() {
    refuse("(module (@name \"a\") (@name \"b\"))", "@name annotation: multiple module names");
    refuse("(func (@name \"a\") (@name \"b\"))", "@name annotation: multiple func names");
    refuse("(func (@name))", "@name annotation: unexpected token");
    refuse("(func (@name x))", "@name annotation: unexpected token");
    refuse("(func (@name \"a\" \"b\"))", "@name annotation: unexpected token");
    refuse("(func (@name \"\\ff\"))", "@name annotation: malformed UTF-8 encoding");
    refuse("(module (func) (@name \"a\"))", "misplaced @name annotation");
    refuse("(module (@name \"a\") $m)", "misplaced @name annotation");
    refuse("(@name \"a\") (func)", "misplaced @name annotation");
    refuse("(func $f (export \"f\") (@name \"a\"))", "misplaced @name annotation");
    refuse("(func (block (param (@name \"a\") i32)))", "misplaced @name annotation");
    refuse("(start $f (@name \"a\")) (func $f)", "misplaced @name annotation");
  }

  private static void refuse(String text, String message) {
    MalformedException e = assertThrows(MalformedException.class, () -> read(text), text);
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
  }

  /** Any number of annotations is read in time that grows with their number. */
  @Test
  void many() {
    int count = 20_000;
    String text = "(module " + "(func (@name \"n\"))".repeat(count) + ")";
    assertEquals(count, read(text).names().functions().size());
    String misplaced = "(module (func " + "(@name \"n\")".repeat(count) + "))";
    refuse(misplaced, "multiple func names");
    String customs = "(module " + "(@custom \"n\" (before first) \"c\")".repeat(count) + ")";
    assertEquals(count, read(customs).customSections().size());
  }
}
