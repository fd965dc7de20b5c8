package dev.tazza.vm.debug;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.artifact.ElfFile;
import dev.tazza.environ.artifact.ElfFile.Section;
import dev.tazza.environ.artifact.SymbolTable;
import dev.tazza.vm.debug.dwarf.DwarfSections;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.isa.Processor;
import dev.tazza.vm.isa.Stubs;
import java.util.ArrayList;
import java.util.List;

/**
 * The ELF file that tells debuggers of a module's code: names and sizes of functions, how to find
 * callers, and the lines and variables of the source if the module has debug information. All
 * addresses are those in this process.
 */
public final class DebugImage {
  private static final int TEXT = ElfFile.FIRST;
  private static final int STRINGS = TEXT + 2;

  private static final int TEXT_ALIGN = 16;

  private DebugImage() {}

  /** Behind the entry stub is another stack: frames end there. */
  private static byte[] frames(CodeSymbol[] symbols, long start) {
    return Processor.host().unwindTable(symbols, start, Stubs.start(), Stubs.size());
  }

  /** That of a module. */
  public static byte[] of(LoadedModule module) {
    CodeSymbol[] symbols = module.compiled().symbols();
    byte[][] table = SymbolTable.of(symbols, TEXT, module.address());
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section(
            ".text",
            ElfFile.PROGBITS,
            ElfFile.ALLOC_EXEC,
            TEXT_ALIGN,
            module.address(),
            0,
            module.compiled().text().bytes()));
    sections.add(new Section(".symtab", ElfFile.SYMTAB, 0, 8, 0, STRINGS, table[0]));
    sections.add(new Section(".strtab", ElfFile.STRTAB, 0, 1, 0, 0, table[1]));
    DwarfSections.of(module).forEach((name, content) -> sections.add(Section.data(name, content)));
    sections.add(Section.data(".debug_frame", frames(symbols, module.address())));
    return ElfFile.write(Processor.host().elfMachine(), sections);
  }
}
