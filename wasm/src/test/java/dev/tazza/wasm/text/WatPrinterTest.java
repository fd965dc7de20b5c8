package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatPrinterTest {
  private static String reprint(String text) {
    return WatPrinter.print(
        ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), Features.DEFAULT));
  }

  @Test
  void wholeModule() {
    String printed =
        reprint(
            """
            (module $m
              (import "a" "b" (func $host (param i32)))
              (memory (export "mem") 1 2)
              (table $t 2 externref) (table 1 funcref)
              (global $g (mut f32) (f32.const nan:0x200000))
              (func $f (param $x i32) (param i64 f32) (result i32) (local i32 i32) (local $y v128)
                (block $l (result i32)
                  (call $host (local.get $x))
                  (if (result i32) (i32.const 3)
                    (then (i32.load16_u offset=8 align=1 (i32.const 0)))
                    (else (br $l (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))))))
              (func (table.set $t (i32.const 0) (ref.null extern)))
              (elem $e (table 1) (i32.const 0) func $f) (elem declare funcref (ref.func 1))
              (data $d (i32.const 3) "hi\\00\\"\\ff") (start 2))
            """);
    assertEquals(
        """
        (module $m
          (type (;0;) (func (param i32)))
          (type (;1;) (func (param i32 i64 f32) (result i32)))
          (type (;2;) (func))
          (import "a" "b" (func $host (;0;) (type 0)))
          (func $f (;1;) (type 1) (param $x i32) (param i64 f32) (result i32)
            (local i32 i32) (local $y v128)
            block $l (result i32)  ;; @1
              local.get $x
              call $host
              i32.const 3
              if (result i32)  ;; @2
                i32.const 0
                i32.load16_u offset=8 align=1
              else
                i32.const 1
                i32.const 2
                i32.const 3
                select (result i32)
                br $l (;@1;)
              end
            end)
          (func (;2;) (type 2)
            i32.const 0
            ref.null extern
            table.set $t)
          (table $t (;0;) 2 externref)
          (table (;1;) 1 funcref)
          (memory (;0;) 1 2)
          (global $g (;0;) (mut f32) (f32.const nan:0x200000))
          (export "mem" (memory 0))
          (start 2)
          (elem $e (;0;) (table 1) (i32.const 0) func $f)
          (elem (;1;) declare funcref (ref.func $f))
          (data $d (;0;) (i32.const 3) "hi\\00\\22\\ff")
        )
        """,
        printed);
  }

  @Test
  void oddNames() {
    String text = "(module (func $\"a b\") (func $\"\\u{202e}\\\"\") (func (call $\"a b\")))";
    String printed = reprint(text);
    assertEquals(true, printed.contains("(func $\"a b\" (;0;)"), printed);
    assertEquals(true, printed.contains("(func $\"\\u{202e}\\\"\" (;1;)"), printed);
    assertEquals(true, printed.contains("call $\"a b\""), printed);
    assertEquals(printed, reprint(printed));
  }

  /** Of nested blocks of one name the inner one has it. */
  @Test
  void labelsHaveTheirNames() {
    String printed =
        reprint(
            "(module binary"
                + " \"\\00asm\\01\\00\\00\\00\\01\\04\\01\\60\\00\\00\\03\\02\\01\\00\\0a\\13\\01\\11\\00"
                + "\\02\\40\\03\\40\\02\\40\\0c\\00\\0c\\01\\0c\\02\\0b\\0b\\0b\\0b"
                + "\\00\\12\\04name\\03\\0b\\01\\00\\02\\00\\02at\\02\\02at\")");
    for (String line :
        List.of("block $at  ;; @1", "loop  ;; @2", "br $at (;@3;)", "br 1 (;@2;)", "br 2 (;@1;)")) {
      assertEquals(true, printed.contains(line), printed);
    }
  }

  /** Two functions of one name, as compilers make them: only one can have it in text. */
  @Test
  void repeatedNames() {
    String text =
        "(module binary \"\\00asm\\01\\00\\00\\00\\01\\04\\01\\60\\00\\00\\03\\03\\02\\00\\00"
            + "\\0a\\09\\02\\04\\00\\10\\01\\0b\\02\\00\\0b"
            + "\\00\\0e\\04name\\01\\07\\02\\00\\01f\\01\\01f\")";
    String printed = reprint(text);
    assertEquals(true, printed.contains("(func $f (;0;)"), printed);
    assertEquals(true, printed.contains("(func $f.1 (@name \"f\") (;1;)"), printed);
    assertEquals(true, printed.contains("call $f.1"), printed);
    assertEquals(printed, reprint(printed));
  }
}
