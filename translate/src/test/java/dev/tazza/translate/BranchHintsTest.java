package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.ir.Block;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.module.WasmModule;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the custom section about branches makes of blocks. */
class BranchHintsTest {
  private static final int CODE_SECTION = 10;
  private static final int HEADER = 8;

  /** In the body of the first and second, the {@code if} is at 3, else the {@code br_if} at 5. */
  private static final String MODULE =
      """
      (module
        (func (param i32) (result i32)
          (if (local.get 0) (then (return (i32.const 7))))
          (i32.const 1))
        (func (param i32) (result i32)
          (if (result i32) (local.get 0) (then (i32.const 7)) (else (i32.const 8))))
        (func (param i32) (result i32)
          (block (br_if 0 (local.get 0)) (return (i32.const 1)))
          (i32.const 2))
        (func (param i32) (result i32)
          (block (br_if 0 (local.get 0)) (br_if 0 (i32.const 1)) (return (i32.const 1)))
          (i32.const 2)))
      """;

  /** Numbers of the cold blocks of each function, with a section of these contents. */
  private static List<List<Integer>> cold(int... section) {
    byte[] plain =
        ModuleReader.read(MODULE.getBytes(StandardCharsets.UTF_8), Features.DEFAULT).bytes();
    byte[] name = "metadata.code.branch_hint".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = HEADER;
    while (plain[at] != CODE_SECTION) {
      at += 2 + plain[at + 1];
    }
    out.write(plain, 0, at);
    out.write(0);
    out.write(1 + name.length + section.length);
    out.write(name.length);
    out.writeBytes(name);
    for (int value : section) {
      out.write(value);
    }
    out.write(plain, at, plain.length - at);
    WasmModule module = ModuleReader.read(out.toByteArray(), Features.DEFAULT);
    return List.of(cold(module, 0), cold(module, 1), cold(module, 2), cold(module, 3));
  }

  private static List<Integer> cold(WasmModule module, int function) {
    return ModuleCompiler.translate(module, Tunables.DEFAULT, function).blocks.stream()
        .filter(block -> block.cold)
        .map((Block block) -> block.id)
        .toList();
  }

  private static final List<List<Integer>> NOTHING =
      List.of(List.of(), List.of(), List.of(), List.of());

  @Test
  void unlikelyWaysAreCold() {
    // The then part; the block's end; not an end to which another way leads.
    assertEquals(
        List.of(List.of(2), List.of(2), List.of(2), List.of()),
        cold(4, 0, 1, 3, 1, 0, 1, 1, 3, 1, 0, 2, 1, 5, 1, 0, 3, 1, 5, 1, 0));
  }

  @Test
  void whatIsNotALikelyWayIsCold() {
    // The else part; what follows the branch.
    assertEquals(
        List.of(List.of(3), List.of(3), List.of(3), List.of(3)),
        cold(4, 0, 1, 3, 1, 1, 1, 1, 3, 1, 1, 2, 1, 5, 1, 1, 3, 1, 5, 1, 1));
  }

  /** Annotations give the section, in front of the instruction or of its parenthesis. */
  @Test
  void annotationsInTheText() {
    String text =
        MODULE
            .replaceFirst("\\(if ", "(@metadata.code.branch_hint \"\\\\00\") $0")
            .replace("(if (result", "(@metadata.code.branch_hint \"\\01\") (if (result")
            .replaceFirst("\\(br_if 0", "(; ;) (@metadata.code.branch_hint \"\\\\00\" ) (br_if 0");
    WasmModule module = ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), Features.DEFAULT);
    assertEquals(
        List.of(List.of(2), List.of(3), List.of(2), List.of()),
        List.of(cold(module, 0), cold(module, 1), cold(module, 2), cold(module, 3)));
  }

  @Test
  void hintsForOtherInstructionsDoNothing() {
    assertEquals(NOTHING, cold(2, 0, 1, 4, 1, 0, 9, 1, 3, 1, 0));
    assertEquals(NOTHING, cold(0));
  }

  @Test
  void aSectionThatIsNotAsItShouldBeTellsNothing() {
    assertTrue(cold(1, 0, 1, 3, 1, 0).getFirst().contains(2));
    assertEquals(NOTHING, cold());
    assertEquals(NOTHING, cold(1, 0, 1, 3, 1));
    assertEquals(NOTHING, cold(1, 0, 1, 3, 1, 2));
    assertEquals(NOTHING, cold(1, 0, 1, 3, 2, 0, 0));
    assertEquals(NOTHING, cold(1, 0, 1, 3, 1, 0, 0));
    assertEquals(NOTHING, cold(1, 0, 2, 3, 1, 0, 3, 1, 0));
    assertEquals(NOTHING, cold(2, 1, 1, 3, 1, 0, 0, 1, 3, 1, 0));
    assertEquals(NOTHING, cold(1, 0, 0xff, 0xff, 0xff, 0xff, 0x7f));
  }
}
