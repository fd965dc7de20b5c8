package dev.tazza.vm.debug.dwarf;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.profile.CodeLines;
import dev.tazza.wasm.binary.BinaryWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of the source of a unit's machine code: a part of {@code .debug_line} (DWARF 4, section
 * 6.2).
 */
final class LineTable {
  // Standard opcodes, and how many operands each of the twelve has.
  private static final int COPY = 1;
  private static final int ADVANCE_PC = 2;
  private static final int ADVANCE_LINE = 3;
  private static final int SET_FILE = 4;
  private static final int SET_COLUMN = 5;
  private static final byte[] OPERANDS = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};

  // Extended opcodes.
  private static final int END_SEQUENCE = 1;
  private static final int SET_ADDRESS = 2;

  private final LoadedModule module;
  private final BinaryWriter program = new BinaryWriter();
  private final Map<String, Integer> files = new LinkedHashMap<>();

  // What the program's machine has in its registers.
  private int offset;
  private int file = 1;
  private int line = 1;

  LineTable(LoadedModule module) {
    this.module = module;
  }

  /** The number of a file. */
  int file(String name) {
    Integer known = files.putIfAbsent(name, files.size() + 1);
    return known == null ? files.size() : known;
  }

  /**
   * Adds a function. Where it makes its frame is its first line; the row after that ends the
   * prologue for debuggers.
   *
   * @param prologueEnd where in the text it should, or -1: with the first instruction
   */
  void add(CodeSymbol symbol, int prologueEnd) {
    List<CodeLines.Row> rows = CodeLines.of(module, symbol);
    if (rows.isEmpty()) {
      return;
    }
    offset = symbol.offset();
    file = 1;
    line = 1;
    extended(new BinaryWriter().u8(SET_ADDRESS).fixed64(module.address() + offset));
    CodeLines.Row first = rows.getFirst();
    boolean skips = prologueEnd > first.offset();
    if (skips || first.offset() > symbol.offset()) {
      row(first, symbol.offset());
    }
    CodeLines.Row before = first;
    for (CodeLines.Row row : rows) {
      if (skips && row.offset() > prologueEnd) {
        row(before, prologueEnd);
        skips = false;
      }
      if (!skips || row.offset() == prologueEnd) {
        row(row, row.offset());
        skips = false;
      }
      before = row;
    }
    if (skips) {
      row(before, prologueEnd);
    }
    program.u8(ADVANCE_PC).u32(symbol.offset() + symbol.size() - offset);
    extended(new BinaryWriter().u8(END_SEQUENCE));
  }

  private void row(CodeLines.Row row, int at) {
    int rowFile = file(row.file());
    if (rowFile != file) {
      program.u8(SET_FILE).u32(rowFile);
    }
    program.u8(SET_COLUMN).u32(row.column());
    program.u8(ADVANCE_PC).u32(at - offset);
    program.u8(ADVANCE_LINE).s64(row.line() - (long) line);
    program.u8(COPY);
    offset = at;
    file = rowFile;
    line = row.line();
  }

  private void extended(BinaryWriter instruction) {
    program.u8(0).sized(instruction);
  }

  /** The table. */
  BinaryWriter finish() {
    BinaryWriter header = new BinaryWriter();
    header.u8(1).u8(1).u8(1); // bytes of the least instruction, operations in one, is a statement
    header.u8(-5).u8(14).u8(OPERANDS.length + 1).bytes(OPERANDS);
    header.u8(0); // no directories: names are whole
    files.keySet().forEach(name -> StringTable.terminated(header, name).u8(0).u8(0).u8(0));
    header.u8(0);
    BinaryWriter unit = new BinaryWriter().u8(Dwarf.VERSION).u8(0);
    unit.fixed32(header.size()).append(header).append(program);
    return new BinaryWriter().fixed32(unit.size()).append(unit);
  }
}
