package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.ModuleFormat;
import dev.tazza.wasm.binary.SectionId;
import org.jspecify.annotations.Nullable;

/** The sections of a module that is being written, to be put in order at the end. */
final class Sections {
  /** The entries of one section. */
  static final class Section {
    final MarkedWriter contents = new MarkedWriter();
    private int count;

    int count() {
      return count;
    }

    /** The writer for the next entry, which comes from this place in the source. */
    BinaryWriter entry(int sourceOffset) {
      return markedEntry(sourceOffset).out;
    }

    /** The writer for the next entry, which no single place in the source defines. */
    BinaryWriter implied() {
      count++;
      return contents.out;
    }

    /** The same for an entry that holds instructions. */
    MarkedWriter markedEntry(int sourceOffset) {
      count++;
      contents.mark(sourceOffset);
      return contents;
    }
  }

  final Section imports = new Section();
  final Section functions = new Section();
  final Section tables = new Section();
  final Section memories = new Section();
  final Section tags = new Section();
  final Section globals = new Section();
  final Section exports = new Section();
  final Section elements = new Section();
  final Section code = new Section();
  final Section data = new Section();

  final CustomSections customs;
  private int startFunction = -1;
  private int startSource;

  Sections(AnnotationReader annotations) {
    customs = new CustomSections(annotations);
  }

  void start(int function, int sourceOffset) {
    startFunction = function;
    startSource = sourceOffset;
  }

  boolean hasStart() {
    return startFunction >= 0;
  }

  /**
   * The whole module.
   *
   * @param types the type section
   * @param dataCount whether to write the data count section
   * @param hints the custom section that tells of branches, null for none
   * @param names the contents of the name section, null for none
   */
  MarkedWriter assemble(
      Section types,
      boolean dataCount,
      @Nullable BinaryWriter hints,
      @Nullable BinaryWriter names) {
    MarkedWriter module = new MarkedWriter();
    module.out.header();
    write(module, SectionId.TYPE, types);
    write(module, SectionId.IMPORT, imports);
    write(module, SectionId.FUNCTION, functions);
    write(module, SectionId.TABLE, tables);
    write(module, SectionId.MEMORY, memories);
    write(module, SectionId.TAG, tags);
    write(module, SectionId.GLOBAL, globals);
    write(module, SectionId.EXPORT, exports);
    customs.writeBefore(SectionId.START, module);
    if (hasStart()) {
      module.mark(startSource);
      module.out.section(SectionId.START, new BinaryWriter().u32(startFunction));
    }
    write(module, SectionId.ELEMENT, elements);
    customs.writeBefore(SectionId.DATA_COUNT, module);
    if (dataCount) {
      module.out.section(SectionId.DATA_COUNT, new BinaryWriter().u32(data.count));
    }
    customs.writeAfter(SectionId.DATA_COUNT, module);
    if (hints != null) {
      module.out.section(SectionId.CUSTOM, hints);
    }
    write(module, SectionId.CODE, code);
    write(module, SectionId.DATA, data);
    customs.writeAfter(SectionId.DATA, module);
    if (names != null) {
      module.out.section(
          SectionId.CUSTOM, new BinaryWriter().name(ModuleFormat.NAME_SECTION).append(names));
    }
    customs.writeRest(module);
    return module;
  }

  private void write(MarkedWriter module, int id, Section section) {
    customs.writeBefore(id, module);
    if (section.count > 0) {
      MarkedWriter counted = new MarkedWriter();
      counted.out.u32(section.count);
      counted.append(section.contents);
      module.out.u8(id);
      module.sized(counted);
    }
  }
}
