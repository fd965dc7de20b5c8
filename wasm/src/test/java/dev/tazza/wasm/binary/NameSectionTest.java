package dev.tazza.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tazza.wasm.module.NameSection;
import dev.tazza.wasm.module.WasmModule;
import org.junit.jupiter.api.Test;

class NameSectionTest {

  private static NameSection names(String contents) {
    BinaryWriter section = new BinaryWriter().bytes(TestModule.hex(contents));
    byte[] bytes = TestModule.empty().custom("name", section).bytes();
    return ModuleDecoder.decode(bytes, ModuleLimits.DEFAULT).names();
  }

  @Test
  void allSubsections() {
    NameSection names =
        names(
            "00 02 01 6d"
                + "01 07 02 00 01 66 05 01 67"
                + "02 06 01 05 01 02 01 78"
                + "07 04 01 03 01 79");
    assertEquals("m", names.module());
    assertEquals("f", names.functions().get(0));
    assertNull(names.functions().get(1));
    assertEquals("g", names.functions().get(5));
    assertEquals("x", names.locals().get(5).get(2));
    assertNull(names.locals().get(4).get(2));
    assertEquals("y", names.globals().get(3));
  }

  @Test
  void damagedSubsectionsAreEmptyAndOthersSurvive() {
    NameSection names =
        names(
            "00 02 01 6d"
                + "01 03 ff ff 03" // a count beyond the subsection
                + "04 04 01 00 01 ff" // no UTF-8
                + "7f 01 00" // unknown
                + "05 04 01 00 01 74"
                + "06 50 01"); // a size beyond the section
    assertEquals("m", names.module());
    assertEquals(0, names.functions().size());
    assertEquals(0, names.types().size());
    assertEquals("t", names.tables().get(0));
    assertEquals(0, names.memories().size());
  }

  @Test
  void namesOutOfOrderAreLeftOut() {
    NameSection names = names("01 0a 03 04 01 61 02 01 62 05 01 63");
    assertEquals("a", names.functions().get(4));
    assertNull(names.functions().get(2));
    assertEquals("c", names.functions().get(5));
  }

  @Test
  void messagesQuoteNames() {
    assertEquals("\"a\\u{a}\\\"b\"", WasmModule.quote("a\n\"b"));
    assertEquals(200 + 3, WasmModule.quote("x".repeat(1000)).length());
  }
}
