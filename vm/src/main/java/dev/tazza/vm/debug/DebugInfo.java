package dev.tazza.vm.debug;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.binary.BinaryWriter;

/**
 * The functions of a module's machine code: {@code .debug_info} and {@code .debug_abbrev} (DWARF 4,
 * section 7.5).
 */
record DebugInfo(byte[] abbreviations, byte[] entries) {
  private static final int VERSION = 4;
  private static final int ADDRESS_SIZE = 8;

  // Abbreviations.
  private static final int UNIT = 1;
  private static final int FUNCTION = 2;

  private static final int TAG_COMPILE_UNIT = 0x11;
  private static final int TAG_SUBPROGRAM = 0x2E;

  private static final int AT_NAME = 0x03;
  private static final int AT_STMT_LIST = 0x10;
  private static final int AT_LOW_PC = 0x11;
  private static final int AT_HIGH_PC = 0x12;
  private static final int AT_LANGUAGE = 0x13;
  private static final int AT_PRODUCER = 0x25;
  private static final int AT_EXTERNAL = 0x3F;

  private static final int FORM_ADDR = 0x01;
  private static final int FORM_DATA2 = 0x05;
  private static final int FORM_STRING = 0x08;
  private static final int FORM_SEC_OFFSET = 0x17;
  private static final int FORM_FLAG_PRESENT = 0x19;

  private static final int LANGUAGE_C99 = 0x0C;

  static DebugInfo of(LoadedModule module) {
    return new DebugInfo(abbreviationTable().toByteArray(), entries(module));
  }

  private static BinaryWriter abbreviationTable() {
    BinaryWriter out = new BinaryWriter();
    out.u32(UNIT).u32(TAG_COMPILE_UNIT).u8(1); // has children
    attribute(out, AT_PRODUCER, FORM_STRING);
    attribute(out, AT_LANGUAGE, FORM_DATA2);
    attribute(out, AT_NAME, FORM_STRING);
    attribute(out, AT_LOW_PC, FORM_ADDR);
    attribute(out, AT_HIGH_PC, FORM_ADDR);
    attribute(out, AT_STMT_LIST, FORM_SEC_OFFSET);
    attribute(out, 0, 0);
    out.u32(FUNCTION).u32(TAG_SUBPROGRAM).u8(0);
    attribute(out, AT_NAME, FORM_STRING);
    attribute(out, AT_LOW_PC, FORM_ADDR);
    attribute(out, AT_HIGH_PC, FORM_ADDR);
    attribute(out, AT_EXTERNAL, FORM_FLAG_PRESENT);
    attribute(out, 0, 0);
    return out.u32(0);
  }

  private static void attribute(BinaryWriter out, int name, int form) {
    out.u32(name).u32(form);
  }

  private static byte[] entries(LoadedModule module) {
    BinaryWriter out = new BinaryWriter().u8(VERSION).u8(0).fixed32(0).u8(ADDRESS_SIZE);
    String name = module.module().names().module();
    long start = module.address();
    out.u32(UNIT);
    LineTable.text(out, "Tazza").u8(LANGUAGE_C99).u8(0);
    LineTable.text(out, name == null ? "wasm" : name);
    out.fixed64(start).fixed64(start + module.compiled().text().size()).fixed32(0);
    for (CodeSymbol symbol : module.compiled().symbols()) {
      if (symbol.functionIndex() >= 0) {
        out.u32(FUNCTION);
        LineTable.text(out, symbol.name());
        out.fixed64(start + symbol.offset());
        out.fixed64(start + symbol.offset() + symbol.size());
      }
    }
    out.u32(0); // the end of the unit's children
    return new BinaryWriter().fixed32(out.size()).append(out).toByteArray();
  }
}
