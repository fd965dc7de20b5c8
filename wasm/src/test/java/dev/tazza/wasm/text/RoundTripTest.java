package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.CustomSection;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is printed reads back as the same module, and prints the same again. */
class RoundTripTest {
  private static final String SAMPLE =
      """
      (module $m
        (import "a" "b" (func $host (param i32)))
        (memory 1 2) (table $t 2 externref) (table 1 funcref)
        (global $g (mut f32) (f32.const nan:0x200000)) (global i64 (i64.const -5))
        (func $f (export "f") (param $x i32) (param i64 f32) (result i32)
          (local i32 i32) (local $y v128)
          (drop (block $l (result i32)
            (call $host (local.get $x))
            (local.set $y (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
              (v128.const i64x2 1 2) (v128.load8_lane offset=1 3 (i32.const 0) (local.get $y))))
            (br_table 0 $l (i32.const 1) (i32x4.extract_lane 3 (local.get $y)))))
          (drop (f64.add (f64.const 0.1) (f64.load offset=16 align=4 (i32.const 0))))
          (if (result i32) (i32.const 3)
            (then (call_indirect 1 (param i32) (result i32) (i32.const 2) (i32.const 0)))
            (else (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))))
        (func (table.set $t (i32.const 0) (ref.null extern)) (memory.init 1 (i32.const 0)
          (i32.const 0) (i32.const 1)) (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1)))
        (elem $e (table 1) (i32.const 0) func $f) (elem declare funcref (ref.func 1))
        (data (i32.const 3) "hi") (data "\\00x") (start 2))
      """;

  private static void check(WasmModule module) {
    String text = WatPrinter.print(module);
    byte[] binary = Wat.parse(text);
    WasmModule again = ModuleDecoder.decode(binary, ModuleLimits.DEFAULT);
    ModuleComparison.assertEquivalent(module, again);
    ModuleComparison.assertSameText(text, WatPrinter.print(again));
  }

  @Test
  void everyProgram() throws IOException {
    for (Path file : SharedFiles.find("bench", ".wasm", 2)) {
      WasmModule module = ModuleDecoder.decode(Files.readAllBytes(file), ModuleLimits.DEFAULT);
      check(module);
      byte[] again = Wat.parse(WatPrinter.print(module));
      assertEquals(
          customSections(module),
          customSections(ModuleDecoder.decode(again, ModuleLimits.DEFAULT)),
          file::toString);
    }
  }

  /** Names, places and contents. Those of the section of names may be encoded in another way. */
  private static List<String> customSections(WasmModule module) {
    List<String> sections = new ArrayList<>();
    for (CustomSection section : module.customSections()) {
      byte[] contents = Arrays.copyOfRange(module.bytes(), section.start(), section.end());
      boolean isNames = section.name().equals("name");
      sections.add(
          section.name()
              + " after "
              + section.after()
              + (isNames ? "" : HexFormat.of().formatHex(contents)));
    }
    return sections;
  }

  @Test
  void everyValidModuleOfTheSpecification() throws IOException {
    int modules = 0;
    for (Path file : SharedFiles.find("spec", ".wast", 1)) {
      for (WastDirective command : Wast.parse(Files.readAllBytes(file))) {
        WastModule source =
            switch (command) {
              case WastDirective.Module module -> module.module();
              case WastDirective.Definition module -> module.module();
              case WastDirective.AssertUnlinkable module -> module.module();
              case WastDirective.AssertModuleTrap module -> module.module();
              default -> null;
            };
        WasmModule module = source == null ? null : validOrNull(source);
        if (module != null) {
          check(module);
          modules++;
        }
      }
    }
    assertTrue(modules > 1900, () -> "too few modules were accepted");
  }

  /**
   * Whatever one changed byte makes of a module: if it is still valid, it prints and reads back.
   */
  @Test
  void everyCorruptedByteOfABinary() {
    byte[] binary = Wat.parse(SAMPLE);
    check(ModuleReader.read(binary, Features.DEFAULT));
    Random random = new Random(11);
    int valid = 0;
    for (int i = 8; i < binary.length; i++) {
      byte original = binary[i];
      for (int j = 0; j < 24; j++) {
        binary[i] = (byte) (j < 8 ? original ^ (1 << j) : random.nextInt());
        try {
          check(ModuleReader.read(binary.clone(), Features.DEFAULT));
          valid++;
        } catch (WasmException e) {
          // Not valid: nothing to print.
        }
      }
      binary[i] = original;
    }
    assertTrue(valid > 500, "too few corrupted modules are still valid: " + valid);
  }

  /** Null if the module needs a feature that is off or not built. */
  private static @Nullable WasmModule validOrNull(WastModule source) {
    try {
      return ModuleReader.read(source.assemble().bytes(), Features.DEFAULT);
    } catch (MalformedException e) {
      assertTrue(e.toString().contains("unsupported: "), e::toString);
      return null;
    } catch (WasmException e) {
      return null;
    }
  }
}
