package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.module.CustomSection;
import dev.tazza.wasm.module.WasmModule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Annotations that make custom sections: to the binary, and back. */
class CustomAnnotationTest {
  private static WasmModule read(String text) {
    return ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), Features.DEFAULT);
  }

  /** Each custom section as {@code name after the section with this id: contents}. */
  private static List<String> sections(WasmModule module) {
    List<String> sections = new ArrayList<>();
    for (CustomSection section : module.customSections()) {
      int size = section.end() - section.start();
      String contents =
          new String(module.bytes(), section.start(), size, StandardCharsets.ISO_8859_1);
      sections.add(section.name() + " after " + section.after() + ": " + contents);
    }
    return sections;
  }

  private static void assertPrinted(WasmModule module) {
    String printed = WatPrinter.print(module);
    assertEquals(sections(module), sections(read(printed)), printed);
    assertEquals(printed, WatPrinter.print(read(printed)));
  }

  @Test
  void placements() {
    WasmModule module =
        read(
            """
            (@custom "end") (func $f) (@custom "b2" (before code) "2")
            (@custom "f" (before first)) (@custom "a" (after func) "\\00\\ff" "" "x")
            (@custom "b1" (before func) "1") (memory 1) (data "d")
            (@custom "none" (after elem)) (@custom "d" (after data)) (@custom "l" (after last))
            (@custom "b3" (before code) "3")
            """);
    assertEquals(
        List.of(
            "f after 0: ",
            "b1 after 1: 1",
            "a after 3: \u0000\u00ffx",
            "none after 5: ",
            "b2 after 5: 2",
            "b3 after 5: 3",
            "d after 11: ",
            "name after 11: " + "\u0001\u0004\u0001\u0000\u0001f",
            "end after 11: ",
            "l after 11: "),
        sections(module));
    assertPrinted(module);
  }

  @Test
  void everySectionBeforeAndAfter() {
    String[] names =
        "type import func table memory tag global export start elem datacount code data".split(" ");
    StringBuilder text = new StringBuilder("(module");
    List<String> expected = new ArrayList<>();
    for (int i = names.length - 1; i >= 0; i--) {
      text.append(
          "(@custom \"+%1$s\" (after %1$s))(@custom \"-%1$s\" (before %1$s))".formatted(names[i]));
    }
    for (String name : names) {
      expected.add("-" + name);
      expected.add("+" + name);
    }
    WasmModule module = read(text + ")");
    assertEquals(expected, module.customSections().stream().map(CustomSection::name).toList());
    assertPrinted(module);
  }

  @Test
  void commentsAndOtherAnnotationsInside() {
    String text =
        "(@custom (;a;) \"n\" (@x \")\") ;; )\n (after (@custom 1) type) (@name 2) \"c\")";
    assertEquals(List.of("n after 0: c"), sections(read(text)));
    assertEquals(List.of("n after 0: c"), sections(read("(@\"custom\" \"n\" \"c\")")));
  }

  /** What cannot be told by names and hints stays what it is. */
  @Test
  void sectionsOfKnownNames() {
    BinaryWriter first = new BinaryWriter().name("name").bytes(new byte[] {0, 2, 1, 'a'});
    BinaryWriter hints = new BinaryWriter().name("metadata.code.branch_hint").u8(7);
    BinaryWriter last = new BinaryWriter().name("name").bytes(new byte[] {0, 2, 1, 'b'});
    byte[] binary =
        new BinaryWriter()
            .header()
            .section(SectionId.CUSTOM, first)
            .section(SectionId.CUSTOM, hints)
            .section(SectionId.CUSTOM, last)
            .toByteArray();
    WasmModule module = ModuleReader.read(binary, Features.DEFAULT);
    assertEquals(3, module.customSections().size());
    assertPrinted(module);
  }

  @Test
  void errors() {
    refuse("(@custom)", "@custom annotation: missing section name");
    refuse("(@custom (after func) \"a\")", "@custom annotation: missing section name");
    refuse("(@custom \"\\df\")", "@custom annotation: malformed UTF-8 encoding");
    refuse("(@custom \"a\" here)", "@custom annotation: unexpected token `here`");
    refuse("(@custom \"a\" \"b\" (after func))", "@custom annotation: unexpected token `(`");
    refuse("(@custom \"a\" (after func func))", "@custom annotation: unexpected token `func`");
    refuse("(@custom \"a\" (type))", "@custom annotation: malformed placement");
    refuse("(@custom \"a\" ())", "@custom annotation: malformed placement");
    refuse("(@custom \"a\" (after))", "@custom annotation: malformed section kind");
    refuse("(@custom \"a\" (before types))", "@custom annotation: malformed section kind");
    refuse("(@custom \"a\" (before last))", "@custom annotation: malformed section kind");
    refuse("(func (@custom \"a\"))", "misplaced @custom annotation");
    refuse("(type (@custom \"a\") $t (func))", "misplaced @custom annotation");
    refuse("(func (block (@custom \"a\")))", "misplaced @custom annotation");
    refuse("(module (@custom \"a\") $m)", "misplaced @custom annotation");
    refuse("(@custom \"a\") (module)", "misplaced @custom annotation");
    refuse("(module) (@custom \"a\")", "misplaced @custom annotation");
    refuse("(module\n  (func\n (@custom \"a\")))", "3:2: misplaced @custom annotation");
  }

  private static void refuse(String text, String message) {
    MalformedException e = assertThrows(MalformedException.class, () -> read(text), text);
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
  }
}
