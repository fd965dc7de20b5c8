package dev.tazza.wasm.dwarf;

import java.util.HashMap;
import java.util.Map;

/** The tables of {@code .debug_abbrev}, by where they begin; units share them. */
final class AbbreviationTables {
  private final DebugSections sections;
  private final Map<Long, Abbreviations> tables = new HashMap<>();

  AbbreviationTables(DebugSections sections) {
    this.sections = sections;
  }

  Abbreviations at(long offset) {
    return tables.computeIfAbsent(offset, at -> new Abbreviations(sections.reader("abbrev", at)));
  }
}
