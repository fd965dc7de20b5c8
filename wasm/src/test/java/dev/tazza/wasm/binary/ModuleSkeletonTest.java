package dev.tazza.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.Wat;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ModuleSkeletonTest {
  private static final String TEXT =
      """
      (module $m
        (@custom "other" "contents")
        (import "env" "f" (func (param i32)))
        (memory 1)
        (global i64 (i64.const 5))
        (global f64 (f64.const 2.5))
        (data (i32.const 3) "data")
        (data "passive")
        (table funcref (elem $named))
        (func $named (export "e") (param i32) (result i32) (local.get 0))
        (func $second (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 1))))
      """;

  private static final WasmModule MODULE =
      ModuleDecoder.decode(Wat.parse(TEXT), ModuleLimits.DEFAULT);

  private static WasmModule decode(byte[] skeleton) {
    return ModuleSkeleton.decode(skeleton, ModuleLimits.DEFAULT);
  }

  @Test
  void keepsAllButBodiesAndUnknownSections() {
    WasmModule skeleton = decode(ModuleSkeleton.of(MODULE, false, ModuleSkeleton.NO_MEMORY));
    assertEquals(MODULE.imports(), skeleton.imports());
    assertEquals(MODULE.exports(), skeleton.exports());
    assertEquals(MODULE.functionCount(), skeleton.functionCount());
    for (int i = 0; i < MODULE.functionCount(); i++) {
      assertEquals(MODULE.functionTypeIndex(i), skeleton.functionTypeIndex(i));
      assertEquals(MODULE.functionName(i), skeleton.functionName(i));
    }
    assertEquals("m", skeleton.names().module());
    for (int i = 0; i < MODULE.dataSegments().size(); i++) {
      var expected = MODULE.dataSegments().get(i);
      var actual = skeleton.dataSegments().get(i);
      assertArrayEquals(
          Arrays.copyOfRange(MODULE.bytes(), expected.start(), expected.end()),
          Arrays.copyOfRange(skeleton.bytes(), actual.start(), actual.end()));
    }
    assertEquals(1, skeleton.customSections().size());
    assertTrue(skeleton.bytes().length < MODULE.bytes().length);
  }

  @Test
  void aSkeletonsSkeletonIsTheSame() {
    byte[] skeleton = ModuleSkeleton.of(MODULE, false, ModuleSkeleton.NO_MEMORY);
    assertArrayEquals(
        skeleton, ModuleSkeleton.of(decode(skeleton), false, ModuleSkeleton.NO_MEMORY));
  }

  /** Segments keep their indexes, whichever are left out. */
  @Test
  void activeDataOfAMemoryIsLeftOut() {
    WasmModule whole =
        ModuleDecoder.decode(
            Wat.parse(
                """
                (module (memory 1) (memory 1) (memory i64 1)
                  (data "a") (data (i32.const 1) "b") (data (memory 1) (i32.const 2) "c")
                  (data (i32.const 3) "d") (data "e") (data (memory 2) (i64.const 4) "f")
                  (data (i32.const 5) "g")
                  (func (data.drop 6)))
                """),
            ModuleLimits.DEFAULT);
    String[] kept = {"a-c-ef-", "ab-defg", "abcde-g"};
    String[] keptOfNext = {"a---ef-", "ab-de-g", "a-c-e--"};
    for (int memory = 0; memory < 3; memory++) {
      byte[] bytes = ModuleSkeleton.of(whole, false, memory);
      WasmModule skeleton = decode(bytes);
      assertEquals(kept[memory], contents(skeleton));
      assertArrayEquals(
          bytes, ModuleSkeleton.of(skeleton, false, ModuleSkeleton.NO_MEMORY), "again");
      for (int index : skeleton.presentDataSegments()) {
        var before = whole.dataSegments().get(index);
        var after = skeleton.dataSegments().get(index);
        assertEquals(before.memoryIndex(), after.memoryIndex());
        assertEquals(
            before.memoryOffset() == null ? null : before.memoryOffset().instructions(),
            after.memoryOffset() == null ? null : after.memoryOffset().instructions());
      }
      WasmModule less = decode(ModuleSkeleton.of(skeleton, false, (memory + 1) % 3));
      assertEquals(keptOfNext[memory], contents(less));
    }
  }

  /** A letter for each data segment. */
  private static String contents(WasmModule module) {
    StringBuilder text = new StringBuilder();
    for (DataSegment segment : module.dataSegments()) {
      text.append(segment == DataSegment.APPLIED ? '-' : (char) module.bytes()[segment.start()]);
    }
    return text.toString();
  }

  @Test
  void modulesAreNoSkeletonsAndSkeletonsNoModules() {
    byte[] skeleton = ModuleSkeleton.of(MODULE, false, ModuleSkeleton.NO_MEMORY);
    assertThrows(MalformedException.class, () -> decode(MODULE.bytes()));
    assertThrows(
        MalformedException.class, () -> ModuleDecoder.decode(skeleton, ModuleLimits.DEFAULT));
  }
}
