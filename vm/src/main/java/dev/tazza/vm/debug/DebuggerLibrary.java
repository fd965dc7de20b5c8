package dev.tazza.vm.debug;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The least that a loader takes for a shared object and a debugger looks into: one function that
 * does nothing and one record, under the names that GDB knows.
 *
 * <pre>
 *   0       ELF header, program headers
 *   0x200   .hash, .dynsym, .dynstr      read and executed
 *   0x400   .text
 *   0x1000  .dynamic, .data              read and written
 *   0x1200  .shstrtab, section headers   not loaded
 * </pre>
 *
 * Addresses are offsets in the file.
 */
final class DebuggerLibrary {
  static final String FUNCTION = "__jit_debug_register_code";
  static final String RECORD = "__jit_debug_descriptor";

  /** Bytes of the record: version, action, and addresses of an entry and of the first. */
  static final int RECORD_SIZE = 24;

  private static final int VERSION = 1;

  private static final int HASH = 0x200;
  private static final int SYMBOLS = 0x240;
  private static final int STRINGS = 0x300;
  private static final int TEXT = 0x400;
  private static final int DYNAMIC = 0x1000;
  private static final int DATA = 0x1100;
  private static final int NAMES = 0x1200;
  private static final int SECTIONS = 0x1300;

  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int SECTION_HEADER = 64;
  private static final int SYMBOL = 24;
  private static final int PAGE = 0x1000;

  // Numbers of sections.
  private static final int TEXT_SECTION = 4;
  private static final int DATA_SECTION = 6;
  private static final int SECTION_COUNT = 8;

  private final ByteBuffer out =
      ByteBuffer.allocate(SECTIONS + SECTION_COUNT * SECTION_HEADER).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final ByteArrayOutputStream names = new ByteArrayOutputStream();
  private final byte[] code;

  private DebuggerLibrary(byte[] code) {
    this.code = code;
  }

  /**
   * The file.
   *
   * @param machine ELF's number for the instruction set
   * @param code of a function that returns
   */
  static byte[] file(int machine, byte[] code) {
    DebuggerLibrary library = new DebuggerLibrary(code);
    library.strings.write(0);
    library.names.write(0);
    library.header(machine);
    library.programHeaders();
    library.symbols();
    library.dynamic();
    library.out.put(TEXT, code);
    library.out.putInt(DATA, VERSION);
    library.sections();
    return library.out.array();
  }

  private static int add(ByteArrayOutputStream table, String text) {
    int at = table.size();
    table.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    table.write(0);
    return at;
  }

  private void header(int machine) {
    out.put(0, new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0});
    out.position(16);
    out.putShort((short) 3).putShort((short) machine).putInt(1); // a shared object
    out.putLong(0).putLong(HEADER).putLong(SECTIONS).putInt(0);
    out.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 4);
    out.putShort((short) SECTION_HEADER).putShort((short) SECTION_COUNT);
    out.putShort((short) (SECTION_COUNT - 1));
  }

  private void programHeaders() {
    out.position(HEADER);
    programHeader(1, 5, 0, TEXT + code.length, PAGE); // loaded, read and execute
    programHeader(1, 6, DYNAMIC, DATA + RECORD_SIZE - DYNAMIC, PAGE); // loaded, read and write
    programHeader(2, 6, DYNAMIC, DATA - DYNAMIC, 8); // what the loader reads
    programHeader(0x6474E551, 6, 0, 0, 16); // the stack is not to be executed
  }

  private void programHeader(int type, int flags, int offset, int size, int align) {
    out.putInt(type).putInt(flags).putLong(offset).putLong(offset).putLong(offset);
    out.putLong(size).putLong(size).putLong(align);
  }

  private void symbols() {
    out.position(HASH);
    // One bucket, in which each symbol leads to the one before.
    for (int word : new int[] {1, 3, 2, 0, 0, 1}) {
      out.putInt(word);
    }
    out.position(SYMBOLS + SYMBOL);
    symbol(FUNCTION, 2, TEXT_SECTION, TEXT, code.length);
    symbol(RECORD, 1, DATA_SECTION, DATA, RECORD_SIZE);
    out.put(STRINGS, strings.toByteArray());
  }

  private void symbol(String name, int type, int section, int address, int size) {
    out.putInt(add(strings, name)).put((byte) (1 << 4 | type)).put((byte) 0); // global
    out.putShort((short) section).putLong(address).putLong(size);
  }

  private void dynamic() {
    out.position(DYNAMIC);
    long[][] rows = {
      {4, HASH}, {5, STRINGS}, {6, SYMBOLS}, {10, strings.size()}, {11, SYMBOL}, {0, 0}
    };
    for (long[] row : rows) {
      out.putLong(row[0]).putLong(row[1]);
    }
  }

  private void sections() {
    out.position(SECTIONS + SECTION_HEADER);
    section(".hash", 5, 2, HASH, 24, 2, 4);
    section(".dynsym", 11, 2, SYMBOLS, 3 * SYMBOL, 3, SYMBOL);
    section(".dynstr", 3, 2, STRINGS, strings.size(), 0, 0);
    section(".text", 1, 6, TEXT, code.length, 0, 0);
    section(".dynamic", 6, 3, DYNAMIC, 6 * 16, 3, 16);
    section(".data", 1, 3, DATA, RECORD_SIZE, 0, 0);
    section(".shstrtab", 3, 0, NAMES, SECTIONS - NAMES, 0, 0);
    out.put(NAMES, names.toByteArray());
  }

  private void section(
      String name, int type, long flags, int offset, int size, int link, int entry) {
    boolean loaded = flags != 0;
    out.putInt(add(names, name)).putInt(type).putLong(flags);
    out.putLong(loaded ? offset : 0).putLong(offset).putLong(size);
    out.putInt(link).putInt(type == 11 ? 1 : 0).putLong(loaded ? 8 : 1).putLong(entry);
  }
}
