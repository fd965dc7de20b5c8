package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.module.BranchHints;
import dev.tazza.wasm.module.WasmModule;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Annotations that tell whether a branch is likely: to the binary, and back. */
class BranchHintTextTest {
  private static final String UNLIKELY = "(@metadata.code.branch_hint \"\\00\")";
  private static final String LIKELY = "(@metadata.code.branch_hint \"\\01\")";

  private static WasmModule read(String text) {
    return ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), Features.DEFAULT);
  }

  private static String body(String instructions) {
    return "(module (func (param i32) " + instructions + "))";
  }

  @Test
  void flatAndFolded() {
    String flat = "local.get 0 " + UNLIKELY + " if end local.get 0 " + LIKELY + " br_if 0";
    String folded = UNLIKELY + "(if (local.get 0) (then)) " + LIKELY + "(br_if 0 (local.get 0))";
    for (String instructions : new String[] {flat, folded}) {
      BranchHints hints = BranchHints.of(read(body(instructions)));
      assertEquals(BranchHints.UNLIKELY, hints.at(0, 3), instructions);
      assertEquals(BranchHints.LIKELY, hints.at(0, 8), instructions);
      assertEquals(BranchHints.NONE, hints.at(0, 5), instructions);
    }
  }

  /** What is folded into a branch comes before it in the binary, behind it in the text. */
  @Test
  void nested() {
    String text =
        body(
            UNLIKELY
                + "(if "
                + LIKELY
                + "(if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))"
                + "(then (br_if 1 (local.get 0)) "
                + UNLIKELY
                + "(br_if 1 (local.get 0))))");
    WasmModule module = read(text);
    BranchHints hints = BranchHints.of(module);
    assertEquals(BranchHints.LIKELY, hints.at(0, 3));
    assertEquals(BranchHints.UNLIKELY, hints.at(0, 11));
    assertEquals(BranchHints.NONE, hints.at(0, 15));
    assertEquals(BranchHints.UNLIKELY, hints.at(0, 19));
    assertPrinted(module, 3);
  }

  private static void assertPrinted(WasmModule module, int hints) {
    String printed = WatPrinter.print(module);
    assertEquals(hints + 1, printed.split("@metadata", -1).length, printed);
    assertEquals(printed, WatPrinter.print(read(printed)));
  }

  @Test
  void onlyFunctionsWithHintsAreInTheSection() {
    String function = "(func (param i32) (br_if 0 (local.get 0)))";
    String hinted = "(func (param i32) " + LIKELY + "(br_if 0 (local.get 0)))";
    WasmModule module =
        read("(module (import \"\" \"\" (func))" + function + hinted + function + hinted + ")");
    assertEquals("metadata.code.branch_hint", module.customSections().getFirst().name());
    BranchHints hints = BranchHints.of(module);
    for (int i = 1; i <= 4; i++) {
      assertEquals(i % 2 == 0 ? BranchHints.LIKELY : BranchHints.NONE, hints.at(i, 3));
    }
    assertPrinted(module, 2);
    assertTrue(read("(module " + function + ")").customSections().isEmpty());
  }

  @Test
  void errors() {
    refuse(body("(@metadata.code.branch_hint \"\\02\") nop"), "expected \"\\00\" or \"\\01\"");
    refuse(body("(@metadata.code.branch_hint) nop"), "expected \"\\00\" or \"\\01\"");
    refuse(body("(@metadata.code.branch_hint \"\\00\" 1) nop"), "expected \"\\00\" or \"\\01\"");
    refuse(body(UNLIKELY + LIKELY + "(br_if 0 (local.get 0))"), "duplicate annotation");
    refuse(body(UNLIKELY + "nop"), "invalid target");
    refuse(body("nop " + UNLIKELY), "invalid target");
    refuse("(module " + UNLIKELY + "(func))", "not in a function");
    refuse("(module (func) " + UNLIKELY + "(memory 1))", "not in a function");
    refuse("(module (func)" + UNLIKELY + ")", "not in a function");
  }

  private static void refuse(String text, String message) {
    MalformedException e = assertThrows(MalformedException.class, () -> read(text), text);
    String expected = "@metadata.code.branch_hint annotation: " + message;
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
  }

  /** Other annotations say nothing, whatever they hold. */
  @Test
  void otherNames() {
    String text = body("(@metadata.code.branch_hints \"\\02\") (@\"metadata\" 7) nop");
    assertTrue(read(text).customSections().isEmpty());
  }
}
